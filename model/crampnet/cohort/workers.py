"""Processes that answer rows: each loads the model once, for itself.

The process that hands out the rows needs neither knowledge nor engine, so those are imported where the work is done.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from crampnet.errors import CrampnetError

if TYPE_CHECKING:
    from crampnet.cohort.scoring import Load


@dataclass(frozen=True)
class Task:
    """What to answer with, and how: see `diagnose_many`. header: the columns of the table."""

    load: Load
    header: Sequence[str]
    keep: Sequence[str]
    top: int | None


@dataclass(frozen=True)
class Introduction:
    """What a worker says once it is ready. read: columns that it wants; kept: those copied; columns: name -> dtype."""

    digest: str
    read: tuple[str, ...]
    kept: tuple[str, ...]
    columns: dict[str, str]


class Worker(Protocol):
    """Answers rows, now or later."""

    def introduce(self) -> Introduction:
        """Wait until it is ready. Raises CrampnetError when the model or the header cannot be read."""

    def submit(self, rows: pd.DataFrame) -> Future[pd.DataFrame]:
        """Hand it rows."""

    def close(self, *, at_once: bool) -> None:
        """Let it finish, or end it."""


class Here:
    """Answers in this process."""

    def __init__(self, task: Task) -> None:
        from crampnet.cohort.desk import Desk

        self._desk = Desk(task)

    def introduce(self) -> Introduction:
        """See Worker."""
        return self._desk.introduce()

    def submit(self, rows: pd.DataFrame) -> Future[pd.DataFrame]:
        """See Worker."""
        future: Future[pd.DataFrame] = Future()
        future.set_result(self._desk.answer(rows))
        return future

    def close(self, *, at_once: bool) -> None:
        """See Worker."""


class Apart:
    """Answers in a process of its own, so that equal rows can always go to the same memory.

    A thread of this process talks with it over a pipe: whichever of the two ends, the other notices.
    """

    def __init__(self, task: Task) -> None:
        # Spawned, not forked: this process has threads of Arrow.
        context = multiprocessing.get_context("spawn")
        self._door, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, task), daemon=True)
        self._process.start()
        theirs.close()
        self._clerk = ThreadPoolExecutor(1)
        self._ready: Future[Introduction] = self._clerk.submit(self._receive)

    def introduce(self) -> Introduction:
        """See Worker."""
        return self._ready.result()

    def submit(self, rows: pd.DataFrame) -> Future[pd.DataFrame]:
        """See Worker."""
        return self._clerk.submit(self._ask, rows)

    def close(self, *, at_once: bool) -> None:
        """See Worker."""
        if at_once:
            self._process.terminate()
        self._clerk.shutdown(cancel_futures=at_once)
        self._door.close()
        self._process.join()

    def _ask(self, rows: pd.DataFrame) -> Any:
        try:
            self._door.send(rows)
        except OSError:
            raise _ended() from None
        return self._receive()

    def _receive(self) -> Any:
        try:
            fine, found = self._door.recv()
        except (EOFError, OSError):
            raise _ended() from None
        if not fine:
            raise found
        return found


def _ended() -> CrampnetError:
    return CrampnetError(
        "A working process was ended, perhaps for want of memory.",
        "Give fewer --jobs or --rows; the same command goes on where this one stopped.",
    )


def _serve(door: Connection, task: Task) -> None:
    """The life of a worker: introduce itself, then rows in, answers out, until the door is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent
    threading.Thread(target=_follow_parent, daemon=True).start()
    try:
        from crampnet.cohort.desk import Desk

        desk = Desk(task)
        door.send((True, desk.introduce()))
        while True:
            door.send((True, desk.answer(door.recv())))
    except EOFError:
        return
    except Exception as error:
        door.send((False, error))


def _follow_parent() -> None:
    """End when the parent has ended, however it did."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
