"""How sure an answer is: the same case under many draws of the figures behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from crampnet.inference.engine import Posterior, columns, evidence_without
from crampnet.inference.evidence import Evidence
from crampnet.inference.runs import WeightsApart
from crampnet.knowledge import Knowledge
from crampnet.knowledge.beta import LEVEL
from crampnet.network.ensembles import Ensembles
from crampnet.network.network import Array, Network
from crampnet.reasoning.urgency import Urgency, counted, expected_losses, fired_flags

__all__ = ["DRAWS", "Ensembles", "Sample", "Uncertainty", "refining", "sample", "uncertainty"]

DRAWS = 1000
"""Draws behind an answer's intervals and firmness."""
BLOCK, BLOCK_LANES = 200, 1000
"""Draws answered together, and the most lanes (draws times strata) that they may have."""


@dataclass(frozen=True)
class Sample:
    """A case under some draws, the strata averaged.

    conditions: ids, sorted; evidence: P(answers) in each draw, shape (draws,); contributes, present: P(the condition
    is a reason, or is there | answers), shape (conditions, draws), NaN where a draw leaves the answers impossible;
    level: place of the urgency level, red flags included, shape (draws,), -1 where impossible.
    """

    conditions: tuple[str, ...]
    evidence: Array
    contributes: Array
    present: Array
    level: npt.NDArray[np.intp]


@dataclass(frozen=True)
class Uncertainty:
    """How much of an answer stands when its figures move within what is known about them.

    draws: how many; contributes, present: condition -> 5 % and 95 % quantile of that probability over the draws;
    first, level: today's first row and urgency level; leads: condition -> share of draws in which it is the first row,
    largest first, those that never are left out; levels: level -> share of draws in which it is the urgency;
    impossible: share of draws that leave the answers impossible, which count for no row and no level.
    """

    draws: int
    contributes: Mapping[str, tuple[float, float]]
    present: Mapping[str, tuple[float, float]]
    first: str
    leads: Mapping[str, float]
    level: str
    levels: Mapping[str, float]
    impossible: float

    @property
    def firmness(self) -> float:
        """Share of draws in which today's first row stays first."""
        return self.leads.get(self.first, 0.0)

    @property
    def level_firmness(self) -> float:
        """Share of draws in which the urgency stays what it is."""
        return self.levels[self.level]


def uncertainty(
    ensembles: Ensembles,
    setting: str,
    evidence: Evidence,
    posterior: Posterior,
    urgency: Urgency,
    *,
    draws: int = DRAWS,
) -> Uncertainty:
    """Intervals and firmness of an answer (`model.md`, section 6).

    Each draw is an exact answer of its own, with figures of its own for the network and for what the answers weigh;
    the share of draws is not weighted by how well they fit the case. What has no interval of its own stays as stated:
    how age and sex spread a rate, the formulas that read one result with another, and the losses.

    ensembles: where the networks come from, kept by the caller; setting: id of the network's setting; evidence,
    posterior, urgency: today's answer; draws: at least 1.
    Raises TooExpensive where one draw is too much.
    """
    *_, last = refining(ensembles, setting, evidence, posterior, urgency, draws=draws)
    return last


def refining(
    ensembles: Ensembles,
    setting: str,
    evidence: Evidence,
    posterior: Posterior,
    urgency: Urgency,
    *,
    draws: int = DRAWS,
) -> Iterator[Uncertainty]:
    """The same after each block of draws: a first answer soon, the last one over all. See `uncertainty`."""
    share = evidence.ranked(posterior)
    first = min(share, key=lambda condition: (-share[condition], condition))
    samples: list[Sample] = []
    size = max(1, min(BLOCK, BLOCK_LANES // len(evidence.strata)))
    for start in range(0, draws, size):
        samples.append(sample(ensembles, setting, evidence, start, min(start + size, draws)))
        yield _summary(ensembles.knowledge, evidence, _joined(samples), first, urgency.level)


def sample(ensembles: Ensembles, setting: str, evidence: Evidence, start: int, stop: int) -> Sample:
    """A case under draws start to stop - 1 of the figures behind the network and behind what its answers weigh."""
    network = ensembles.block(setting, evidence.strata, start, stop)
    weights = evidence.under(ensembles.answers(start, stop)) if evidence.weighed else {}
    apart = {node: np.repeat(pairs, len(evidence.strata), axis=1) for node, pairs in weights.items()}
    return _answered(ensembles.knowledge, network, evidence, apart)


def _answered(knowledge: Knowledge, network: Network, evidence: Evidence, apart: WeightsApart) -> Sample:
    """A case under all draws of a network, whose lanes they are."""
    lanes = np.arange(len(network.strata))
    drawn = replace(evidence, strata=lanes, strata_weights=np.full(len(lanes), 1.0 / len(lanes)))
    shares = evidence.strata_weights

    def mean(joint: Array) -> Array:
        return np.asarray(joint.reshape(*joint.shape[:-1], -1, len(shares)) @ shares)

    found = columns(network, drawn, apart)
    total = mean(found.evidence)
    order = np.argsort(np.array(network.conditions))
    high = counted(knowledge, network, evidence)[1:]
    below = _ratio(mean(evidence_without(network, drawn, high, apart)), total)
    return Sample(
        conditions=tuple(network.conditions[i] for i in order),
        evidence=total,
        contributes=_ratio(mean(found.contributes)[order], total),
        present=_ratio(mean(found.present)[order], total),
        level=_levels(knowledge, evidence, below),
    )


def _ratio(part: Array, whole: Array) -> Array:
    """The quotient, NaN where the whole is 0."""
    possible = np.broadcast_to(whole > 0.0, part.shape)
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=possible))


def _levels(knowledge: Knowledge, evidence: Evidence, below: Array) -> npt.NDArray[np.intp]:
    """The higher of expected harm and fired red flags. below: P(U < level | e), shape (levels - 1, draws)."""
    names = knowledge.losses.levels
    possible = ~np.isnan(below).any(axis=0)
    padded = np.vstack([np.zeros(below.shape[1]), np.minimum(np.nan_to_num(below), 1.0)])
    harm = expected_losses(knowledge.losses, padded)[2]
    ruled = max((names.index(flag.level) for flag in fired_flags(knowledge, evidence)), default=0)
    return np.where(possible, np.maximum(harm, ruled), -1)


def _joined(samples: list[Sample]) -> Sample:
    return Sample(
        samples[0].conditions,
        np.concatenate([s.evidence for s in samples]),
        np.concatenate([s.contributes for s in samples], axis=1),
        np.concatenate([s.present for s in samples], axis=1),
        np.concatenate([s.level for s in samples]),
    )


def _summary(knowledge: Knowledge, evidence: Evidence, found: Sample, first: str, level: str) -> Uncertainty:
    names = knowledge.losses.levels
    return Uncertainty(
        draws=len(found.evidence),
        contributes=_intervals(found.conditions, found.contributes),
        present=_intervals(found.conditions, found.present),
        first=first,
        leads=_leads(found.conditions, evidence.ranked(found)),
        level=level,
        levels={name: float(np.mean(found.level == place)) for place, name in enumerate(names)},
        impossible=float(np.mean(found.level < 0)),
    )


def _intervals(conditions: tuple[str, ...], drawn: Array) -> dict[str, tuple[float, float]]:
    tail = (1.0 - LEVEL) / 2.0
    low, high = np.nanquantile(drawn, [tail, 1.0 - tail], axis=1)
    return dict(zip(conditions, zip(low.tolist(), high.tolist(), strict=True), strict=True))


def _leads(conditions: tuple[str, ...], drawn: Array) -> dict[str, float]:
    """Share of draws in which each condition comes first; equal ones in the order of their ids, as in the ranking."""
    possible = drawn[:, ~np.isnan(drawn).any(axis=0)]
    times = np.bincount(np.argmax(possible, axis=0), minlength=len(conditions)) / drawn.shape[1]
    pairs = sorted(zip(times.tolist(), conditions, strict=True), key=lambda pair: (-pair[0], pair[1]))
    return {condition: share for share, condition in pairs if share > 0.0}
