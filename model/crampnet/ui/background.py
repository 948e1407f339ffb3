"""Work that takes longer than a page may: done beside it, part by part, and dropped when no longer wanted."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from threading import Condition, Thread
from typing import Any
from weakref import WeakKeyDictionary

PAUSE = 0.2
"""Seconds between a change and its work: the page is drawn first, and what is changed at once costs nothing."""
KEPT = 24
"""Jobs whose results are kept, so that going back to earlier answers shows everything at once."""

Part = Callable[[], Any]
"""Work that returns its result, or an iterator whose last item is the result: it can be put aside between two items."""


class Job:
    """The parts of one case. results holds what is done, an exception where a part failed. Read it from any thread.

    A part that is done leaves nothing but its result: its work, and the answer that it was about, are let go.
    """

    def __init__(self, parts: Mapping[Hashable, Part]) -> None:
        self._parts = dict(parts)
        self.results: dict[Hashable, Any] = {}
        self._begun: dict[Hashable, Iterator[Any]] = {}
        self._latest: Any = None
        self.due = time.monotonic() + PAUSE

    @property
    def open(self) -> list[Hashable]:
        """Parts that are not done, in their order."""
        return list(self._parts)

    def add(self, part: Hashable, work: Part) -> None:
        """Add a part, unless it is there or done."""
        if part not in self.results:
            self._parts.setdefault(part, work)

    def advance(self) -> None:
        """Do the first open part, or the next bit of it; for one thread at a time."""
        part = self.open[0]
        try:
            if part not in self._begun:
                found = self._parts[part]()
                self._begun[part] = found if isinstance(found, Iterator) else iter([found])
            self._latest = next(self._begun[part])
        except StopIteration:
            self._done(part, self._latest)
        except Exception as error:  # a part that fails must not end the thread; the page says so
            self._done(part, error)

    def _done(self, part: Hashable, result: Any) -> None:
        self.results[part] = result
        del self._parts[part]
        self._begun.pop(part, None)
        self._latest = None


class Owner:
    """Whoever wants a job done, such as a visit. When it is gone, what is left of its job is dropped."""


class Background:
    """One thread that does the jobs. Each owner has one job at a time: a new one supersedes the one before.

    first: what the thread does, or waits for, before any job.
    """

    def __init__(self, first: Callable[[], object] = lambda: None) -> None:
        self._first = first
        self._jobs: OrderedDict[Hashable, Job] = OrderedDict()
        self._wanted: WeakKeyDictionary[Owner, Job] = WeakKeyDictionary()
        self._changed = Condition()
        self._thread: Thread | None = None

    def begin(self, owner: Owner, key: Hashable, parts: Callable[[], Mapping[Hashable, Part]]) -> Job:
        """The job with a key for an owner, whose other job is dropped. A kept job goes on where it was."""
        with self._changed:
            job = self._jobs.pop(key, None) or Job(parts())
            self._jobs[key] = job
            while len(self._jobs) > KEPT:
                self._jobs.popitem(last=False)
            self._want(owner, job)
        return job

    def add(self, owner: Owner, job: Job, part: Hashable, work: Part) -> None:
        """Add a part to a job, unless it has it."""
        with self._changed:
            job.add(part, work)
            self._want(owner, job)

    def drop(self, owner: Owner) -> None:
        """Forget what an owner wanted."""
        with self._changed:
            self._wanted.pop(owner, None)

    def wait(self, job: Job, timeout: float) -> bool:
        """Wait until a job is done; False when the time is over before."""
        with self._changed:
            return self._changed.wait_for(lambda: not job.open, timeout)

    def _want(self, owner: Owner, job: Job) -> None:
        if not job.open:
            self._wanted.pop(owner, None)
            return
        if self._wanted.get(owner) is not job:
            self._wanted.pop(owner, None)
            self._wanted[owner] = job
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._work, name="crampnet-background", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _work(self) -> None:
        self._first()
        while True:
            job = self._next()
            job.advance()
            with self._changed:
                for owner, other in list(self._wanted.items()):
                    if not other.open:
                        del self._wanted[owner]
                self._changed.notify_all()

    def _next(self) -> Job:
        """The job that became due first; waits for one."""
        with self._changed:
            while True:
                now = time.monotonic()
                first = min(list(self._wanted.values()), key=lambda job: job.due, default=None)
                if first is not None and first.due <= now:
                    return first
                self._changed.wait(None if first is None else first.due - now)
