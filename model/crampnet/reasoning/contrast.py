"""Why one condition and not another: the answers that speak for the one, for the other, and those still to be asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crampnet.inference.engine import Change, variants
from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.network.network import Network
from crampnet.reasoning.answers import ABSENT, PRESENT, Given
from crampnet.reasoning.unexplained import shown_by
from crampnet.reasoning.weights import AnswerWeights, log_odds


@dataclass(frozen=True)
class Contrast:
    """One condition against another, in natural log-odds.

    start: log-odds of `one` less those of `other` before any answer; end: after all of them; lines: each answer with
    its weight on `one` less its weight on `other`, what speaks most for `one` first; they sum to end - start. Where an
    answer settles either of the two the lines are NaN, and `settled` names such answers.
    """

    one: str
    other: str
    start: float
    end: float
    lines: tuple[tuple[Given, float], ...]
    settled: tuple[Given, ...]


@dataclass(frozen=True)
class Decider:
    """A finding not yet asked, and how far it would move the log-odds of one condition against another.

    probability: P(it is present | answers); if_present, if_absent: the shift of the log-odds of `one` less those of
    `other`; expected: probability |if_present| + (1 - probability) |if_absent|, by which deciders are sorted.
    """

    id: str
    probability: float
    if_present: float
    if_absent: float
    expected: float


def contrast(weights: AnswerWeights, one: str, other: str) -> Contrast:
    """Two conditions against each other: weight on `one` less weight on `other`, answer by answer."""
    first, second = weights.conditions.index(one), weights.conditions.index(other)
    difference = weights.weight[:, first] - weights.weight[:, second]
    lines = zip(weights.answers, difference.tolist(), strict=True)
    with np.errstate(invalid="ignore"):
        start, end = (v[first] - v[second] for v in (weights.start, weights.end))
    settled = (weights.settles[:, first] | weights.settles[:, second]).tolist()
    return Contrast(
        one,
        other,
        float(start),
        float(end),
        tuple(sorted(lines, key=lambda line: -line[1])),
        tuple(given for given, settles in zip(weights.answers, settled, strict=True) if settles),
    )


def deciders(knowledge: Knowledge, network: Network, evidence: Evidence, one: str, other: str) -> tuple[Decider, ...]:
    """Findings not yet asked that one of two conditions shows, by how far asking would move the two apart.

    With d = logit v(one) - logit v(other): if_present = d(answers, finding present) - d(answers), if_absent likewise;
    infinite where the finding alone decides. Empty where one of the two is certain or impossible already.
    """
    candidates = sorted(shown_by(knowledge, one) | shown_by(knowledge, other))
    unasked = [name for name in candidates if network.index.get(name) not in {None, *evidence.weights}]
    answers: list[Change] = [{network.index[name]: pair} for pair in (PRESENT, ABSENT) for name in unasked]
    found = variants(network, evidence, [{}, *answers])
    value = log_odds(evidence.ranked(found))
    with np.errstate(invalid="ignore"):
        apart = value[:, network.conditions.index(one)] - value[:, network.conditions.index(other)]
        shift = (apart[1:] - apart[0]).reshape(2, len(unasked))
        chance = found.evidence[1:].reshape(2, len(unasked)) / found.evidence[0]
        size = np.where(chance > 0.0, chance * np.abs(shift), 0.0).sum(axis=0)
    rows = zip(unasked, chance[0].tolist(), *shift.tolist(), size.tolist(), strict=True)
    listed = [Decider(*row) for row in rows if not np.isnan(row[-1])]
    return tuple(sorted(listed, key=lambda decider: -decider.expected))
