"""Cases per second on one core and on two, in threads and in processes."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial

from benchmarks.cases import Asked
from benchmarks.extent import Extent
from benchmarks.ours import ask, one_core, warm
from benchmarks.sets import mixture

CHUNK = 20


def throughput(shipped: Sequence[Asked], extent: Extent) -> dict[str, object]:
    """Cases answered per second: published ones over and over, and the mixtures; refused ones count as time only."""
    sets = {
        "shipped, published": (list(shipped) * 40)[: extent.mixed_sparse],
        "sparse, mixed k 5-15": mixture("sparse", extent.mixed_sparse),
        "dense, mixed k 5-15": mixture("dense", extent.mixed_dense),
    }
    return {"rows": [{"set": name, **_rates(cases, extent.throughput_seconds)} for name, cases in sets.items()]}


def _rates(cases: Sequence[Asked], seconds: float) -> dict[str, float]:
    warm(cases)
    with one_core():
        one = _rate(partial(_run, cases), cases, seconds)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: ask(cases[0]), range(8)))
        two_threads = _rate(partial(_spread_out, threads, cases), cases, seconds)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context, initializer=_hold, initargs=(list(cases),)) as processes:
        list(processes.map(_warm_held, range(4)))
        two_processes = _rate(partial(_spread_numbers, processes, len(cases)), cases, seconds)
    return {"one_core": one, "two_threads": two_threads, "two_processes": two_processes}


def _rate(run: Callable[[float], int], cases: Sequence[Asked], seconds: float) -> float:
    """Cases answered per second of wall clock; run is given the time at which it must begin nothing more."""
    start = time.monotonic()
    answered = run(start + seconds)
    return answered / (time.monotonic() - start)


def _run(cases: Sequence[Asked], deadline: float) -> int:
    answered = 0
    for case in cases:
        if time.monotonic() > deadline:
            break
        answered += ask(case).answers is not None
    return answered


def _spread_out(threads: Executor, cases: Sequence[Asked], deadline: float) -> int:
    chunks = [cases[i : i + CHUNK] for i in range(0, len(cases), CHUNK)]
    return sum(threads.map(partial(_run, deadline=deadline), chunks))


def _spread_numbers(processes: Executor, count: int, deadline: float) -> int:
    chunks = [range(i, min(i + CHUNK, count)) for i in range(0, count, CHUNK)]
    return sum(processes.map(partial(_run_held, deadline=deadline), chunks))


_held: list[Asked] = []


def _hold(cases: list[Asked]) -> None:
    _held[:] = cases


def _warm_held(_: int) -> None:
    warm(_held)
    time.sleep(0.5)  # so that the other process takes one of these too


def _run_held(numbers: range, deadline: float) -> int:
    return _run([_held[i] for i in numbers], deadline)
