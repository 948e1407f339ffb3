"""Work beside the page: in order, dropped when superseded, kept when done, and never the end of the thread."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from threading import Event
from typing import Any

import pytest

from crampnet.ui import background
from crampnet.ui.background import Background, Job, Owner

ME = Owner()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "PAUSE", 0.0)


def parts(**given: Callable[[], Any]) -> Callable[[], dict[Any, Callable[[], Any]]]:
    return lambda: dict(given)


def finished(work: Background, job: Job) -> Job:
    assert work.wait(job, 10.0)
    return job


def test_parts_are_done_in_their_order() -> None:
    done: list[str] = []

    def note(name: str) -> str:
        done.append(name)
        return name.upper()

    work = Background()
    job = finished(work, work.begin(ME, "case", parts(a=lambda: note("a"), b=lambda: note("b"))))
    assert done == ["a", "b"]
    assert job.results == {"a": "A", "b": "B"}
    assert job.open == []


def test_a_job_that_is_kept_is_not_done_again() -> None:
    work = Background()
    job = finished(work, work.begin(ME, "case", parts(a=lambda: 1)))
    again = work.begin(ME, "case", parts(a=lambda: pytest.fail("done twice")))
    assert again is job
    assert again.open == []


def test_a_job_that_is_done_keeps_its_results_and_nothing_that_made_them() -> None:
    class Held:
        """Something large that the work is about."""

    held = Held()
    gone = weakref.ref(held)
    work = Background()
    job = finished(work, work.begin(ME, "case", parts(a=partial(repr, held), b=partial(iter, [held, 2]))))
    del held
    gc.collect()
    assert job.results["b"] == 2
    assert gone() is None


def test_a_newer_job_of_the_same_owner_drops_what_is_left_of_the_older() -> None:
    started, free = Event(), Event()

    def slow() -> int:
        started.set()
        assert free.wait(10)
        return 1

    work = Background()
    old = work.begin(ME, "old", parts(a=slow, b=lambda: 2))
    assert started.wait(10)
    new = work.begin(ME, "new", parts(a=lambda: 3))
    free.set()
    finished(work, new)
    assert new.results == {"a": 3}
    assert "b" not in old.results


def test_another_owner_drops_nothing() -> None:
    work = Background()
    first, second = Owner(), Owner()
    one = work.begin(first, "first", parts(a=lambda: 1))
    other = work.begin(second, "second", parts(a=lambda: 2))
    assert finished(work, one).results == {"a": 1}
    assert finished(work, other).results == {"a": 2}


def test_an_iterator_gives_its_last_item_and_is_put_aside_between_two() -> None:
    reached, free = Event(), Event()

    def bits() -> Iterator[int]:
        yield 1
        reached.set()
        assert free.wait(10)
        yield 2
        yield 3

    work = Background()
    old = work.begin(ME, "old", parts(a=bits))
    assert reached.wait(10)
    new = work.begin(ME, "new", parts(a=lambda: "new"))
    free.set()
    finished(work, new)
    assert old.results == {}
    assert finished(work, work.begin(ME, "old", parts())).results == {"a": 3}


def test_a_part_that_fails_is_told_and_the_others_are_done() -> None:
    def fail() -> int:
        raise ValueError("no")

    work = Background()
    job = finished(work, work.begin(ME, "case", parts(a=fail, b=lambda: 2)))
    assert isinstance(job.results["a"], ValueError)
    assert job.results["b"] == 2


def test_a_part_can_be_added_to_a_job_that_is_done() -> None:
    work = Background()
    job = finished(work, work.begin(ME, "case", parts(a=lambda: 1)))
    work.add(ME, job, "b", lambda: 2)
    work.add(ME, job, "b", lambda: pytest.fail("it has one"))
    assert finished(work, job).results == {"a": 1, "b": 2}


def test_what_nobody_wants_is_not_done() -> None:
    free, other = Event(), Owner()
    work = Background()
    blocker = work.begin(other, "blocker", parts(a=lambda: free.wait(10)))
    job = work.begin(ME, "case", parts(a=lambda: 1))
    work.drop(ME)
    free.set()
    finished(work, blocker)
    assert job.results == {}


def test_what_is_left_for_an_owner_who_is_gone_is_not_done() -> None:
    free, other, gone = Event(), Owner(), Owner()
    work = Background()
    blocker = work.begin(other, "blocker", parts(a=lambda: free.wait(10)))
    job = work.begin(gone, "case", parts(a=lambda: 1))
    del gone
    gc.collect()
    free.set()
    finished(work, blocker)
    last = work.begin(other, "last", parts(a=lambda: 1))
    finished(work, last)
    assert job.results == {}


def test_only_the_last_jobs_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "KEPT", 2)
    work = Background()
    jobs = [finished(work, work.begin(ME, number, parts(a=lambda: 1))) for number in range(3)]
    assert work.begin(ME, 2, parts(a=lambda: 2)) is jobs[2]
    assert work.begin(ME, 0, parts(a=lambda: 2)) is not jobs[0]


def test_work_waits_a_moment_so_that_the_page_is_drawn_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "PAUSE", 0.3)
    work = Background()
    job = work.begin(ME, "case", parts(a=lambda: 1))
    assert not work.wait(job, 0.1)
    assert finished(work, job).results == {"a": 1}
