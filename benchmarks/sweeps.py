"""Many weight sets on one case: parameter draws, and the value of every answer that is still open."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial

import numpy as np

from benchmarks.cases import ABSENT, PRESENT, Asked
from benchmarks.extent import Extent
from benchmarks.figures import spread
from benchmarks.ours import one_core, settle, shortened
from benchmarks.sets import DENSITIES, SEED, grid
from crampnet.errors import TooExpensive
from crampnet.inference.engine import columns, variants
from crampnet.network.network import Array, Network, Node

Job = tuple[Callable[[], object], Callable[[], object]]
"""A call that is not timed, and the one that is."""
LOGIT_SD = 0.3
KS = (8, 12)


def sweeps(shipped: Sequence[Asked], extent: Extent) -> dict[str, object]:
    """Seconds for all draws of one case, and for all open findings of one case (absent alone, and both answers)."""
    rows = []
    with one_core():
        for name, cases in _sets(shipped, extent).items():
            rows.append({"set": name, "what": "draws", "lanes": extent.draws, **_draws(cases, extent)})
            for what, states in (("open findings, absent", (ABSENT,)), ("open findings, both", (ABSENT, PRESENT))):
                rows.append({"set": name, "what": what, **_values(cases, states, extent)})
    return {"rows": rows}


def _sets(shipped: Sequence[Asked], extent: Extent) -> dict[str, list[Asked]]:
    found = {"shipped, published": list(shipped)[: extent.sweeps]}
    for density in DENSITIES:
        cases = grid(density, extent.sweeps)
        for k in KS:
            found[f"{density} k={k}"] = [c for c in cases if c.k == k][: extent.sweeps]
    return found


def _draws(cases: Sequence[Asked], extent: Extent) -> dict[str, object]:
    """Each network is drawn once, for the first stratum of its first case, and its cases are asked in it."""
    drawn: dict[int, Network] = {}
    jobs: list[Job] = []
    for case in cases:
        if id(case.network) not in drawn:
            rng = np.random.default_rng([SEED, len(drawn)])
            drawn[id(case.network)] = redrawn(case.network, int(case.evidence.strata[0]), extent.draws, rng)
        network = drawn[id(case.network)]
        evidence = replace(case.evidence, strata=np.arange(extent.draws), strata_weights=network.strata_weights)
        jobs.append((partial(columns, network, shortened(evidence)), partial(columns, network, evidence)))
    return _timed(jobs, extent.sweep_seconds)


def redrawn(network: Network, stratum: int, draws: int, rng: np.random.Generator) -> Network:
    """A network whose strata are draws of all its probabilities around one stratum; 0 and 1 stay what they are."""
    nodes = tuple(
        Node(n.id, n.kind, n.parents, _moved(n.leak[stratum], draws, rng), _moved(n.links[:, stratum], draws, rng))
        for n in network.nodes
    )
    return Network(network.setting, nodes, (network.strata[stratum],) * draws, np.full(draws, 1.0 / draws))


def _moved(values: Array, draws: int, rng: np.random.Generator) -> Array:
    """logit(value) plus normal noise, shape of values and then (draws,)."""
    wide = np.repeat(np.asarray(values)[..., None], draws, axis=-1)
    with np.errstate(divide="ignore"):
        logit = np.log(wide) - np.log1p(-wide)
    return 1.0 / (1.0 + np.exp(-(logit + rng.normal(0.0, LOGIT_SD, wide.shape))))


def _values(cases: Sequence[Asked], states: Sequence[tuple[float, float]], extent: Extent) -> dict[str, object]:
    jobs: list[Job] = []
    most = 0
    for case in cases:
        known = case.evidence.weights
        open_ = [i for i, node in enumerate(case.network.nodes) if node.kind == "finding" and i not in known]
        changes = [{node: state} for node in open_ for state in states]
        most = max(most, len(changes))
        first = partial(variants, case.network, shortened(case.evidence), changes[:2])
        jobs.append((first, partial(variants, case.network, case.evidence, changes)))
    return {"most_changes": most, **_timed(jobs, extent.sweep_seconds)}


def _timed(jobs: Sequence[Job], seconds: float) -> dict[str, object]:
    """Each job once, after the untimed call beside it, until the time is up."""
    found: list[float] = []
    deadline = time.monotonic() + seconds
    for first, job in jobs:
        if found and time.monotonic() > deadline:
            break
        found.append(_seconds(first, job))
    return {"seconds": asdict(spread(found))}


def _seconds(first: Callable[[], object], job: Callable[[], object]) -> float:
    try:
        settle(first)
        start = time.perf_counter()
        job()
    except TooExpensive:
        return float("inf")
    return time.perf_counter() - start
