"""Our engine, timed through its door: evidence in, all posteriors out, planning included."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from benchmarks.cases import Asked
from crampnet.errors import TooExpensive
from crampnet.inference.engine import Posterior, posterior
from crampnet.inference.evidence import Evidence
from crampnet.inference.exact.kernels import KERNELS
from crampnet.network.network import reason_id


@dataclass(frozen=True)
class Timed:
    """One case answered once: seconds (infinite when refused), the answer's certificate and width, and the answer."""

    case: Asked
    seconds: float
    residual: float = float("nan")
    width: int = 0
    answers: Mapping[str, float] | None = None


def ask(case: Asked) -> Timed:
    """One fresh answer."""
    start = time.perf_counter()
    try:
        found = posterior(case.network, case.evidence)
    except TooExpensive:
        return Timed(case, float("inf"))
    seconds = time.perf_counter() - start
    return Timed(case, seconds, found.residual, found.width, by_node(found))


def by_node(found: Posterior) -> dict[str, float]:
    """P(present) of every condition and of every reason, by node id."""
    return {**found.present, **{reason_id(c): p for c, p in found.contributes.items()}}


def ask_all(cases: Sequence[Asked], seconds: float) -> list[Timed]:
    """The cases in their order until the time is up, on one core; each network is first warmed on its last case.

    A time that ran out cuts the end of the list, never a slow case out of its middle.
    """
    found: list[Timed] = []
    with one_core():
        warm(cases)
        deadline = time.monotonic() + seconds
        for case in cases:
            if time.monotonic() > deadline:
                break
            found.append(ask(case))
    return found


def warm(cases: Sequence[Asked]) -> None:
    """Answer one more case of each network, untimed, so that nothing is timed that is done once.

    It is the smallest case of that network without its last answer: none that is timed later.
    """
    smallest: dict[int, Asked] = {}
    for case in cases:
        kept = smallest.setdefault(id(case.network), case)
        if case.k < kept.k:
            smallest[id(case.network)] = case
    for case in smallest.values():
        settle(partial(ask, replace(case, evidence=shortened(case.evidence))))


def settle(call: Callable[[], object]) -> None:
    """Wait for the compiled engine and call once, so that nothing is timed that is done once."""
    KERNELS.wait()
    call()


def shortened(evidence: Evidence) -> Evidence:
    """The evidence without its last answer."""
    return replace(evidence, weights=dict(list(evidence.weights.items())[:-1]))


@contextmanager
def one_core() -> Iterator[None]:
    """This process and what it starts run on one core meanwhile, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
