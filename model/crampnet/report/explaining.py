"""The explanation of an answer in the report's words: weights, contrast, fit and turns."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from math import exp, isfinite

from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.reasoning.answers import Given
from crampnet.reasoning.conflict import Conflict
from crampnet.reasoning.contrast import Contrast
from crampnet.reasoning.contrast import Decider as Parting
from crampnet.reasoning.flips import Flip, Turns
from crampnet.reasoning.misfit import Misfit
from crampnet.reasoning.unexplained import Account, Expectation
from crampnet.reasoning.unlisted import Unlisted
from crampnet.reasoning.weights import AnswerWeights
from crampnet.report.insights import (
    Comparison,
    Decider,
    Expected,
    Fitting,
    Reasons,
    Turn,
    Turning,
    Weight,
)
from crampnet.report.naming import name, said

DECIDERS = 5
"""Findings that would part two conditions, at most so many in a report."""
PICTURE = 0.1
"""Least probability from which a report names what something unlisted looks like."""
TURNS = 6
"""Changes of answers that turn the result, at most so many of each sort in a report."""


def make_reasons(knowledge: Knowledge, evidence: Evidence, weights: AnswerWeights, account: Account) -> Reasons:
    """What speaks for and against the condition that an account is of, and what it leaves unexplained."""
    condition = account.condition
    place = weights.conditions.index(condition)
    return Reasons(
        condition=name(knowledge, condition),
        start=_finite(weights.start[place]),
        end=_finite(weights.end[place]),
        weights=_weights(knowledge, evidence, weights.of(condition), weights.settled_by(condition)),
        explained=_expected(knowledge, account.explained),
        unexplained=_expected(knowledge, account.unexplained),
        missing=_expected(knowledge, account.missing),
        unasked=_expected(knowledge, account.unasked),
    )


def make_comparison(
    knowledge: Knowledge, evidence: Evidence, contrast: Contrast, deciders: Iterable[Parting]
) -> Comparison:
    """One condition against another, and what would part them."""
    return Comparison(
        one=name(knowledge, contrast.one),
        other=name(knowledge, contrast.other),
        start=_finite(contrast.start),
        end=_finite(contrast.end),
        weights=_weights(knowledge, evidence, contrast.lines, contrast.settled),
        deciders=tuple(
            Decider(name(knowledge, decider.id), decider.probability, decider.if_present, decider.if_absent)
            for decider in deciders
            if isfinite(decider.if_present) and isfinite(decider.if_absent)
        )[:DECIDERS],
    )


def make_fitting(
    knowledge: Knowledge, evidence: Evidence, conflict: Conflict, misfit: Misfit, unlisted: Unlisted | None
) -> Fitting:
    """How well the answers fit together, and whether the first row, and anything listed at all, looks like this."""
    least = conflict.fits[0] if conflict.culprit is not None else None
    return Fitting(
        value=conflict.value,
        least=None if least is None else said(knowledge, evidence, least.answer),
        alone=None if least is None else exp(least.alone),
        given_rest=None if least is None else exp(min(0.0, least.given_rest)),
        condition=name(knowledge, misfit.condition),
        tail=_finite(misfit.tail),
        misfit=misfit.flagged,
        unlisted=None if unlisted is None else unlisted.share,
        unlisted_said=unlisted is not None and unlisted.flagged,
        pictures=tuple(
            (name(knowledge, syndrome), share)
            for syndrome, share in (unlisted.pictures if unlisted is not None and unlisted.flagged else ())
            if share >= PICTURE
        ),
    )


def make_turning(knowledge: Knowledge, evidence: Evidence, turns: Turns) -> Turning:
    """What would turn the result."""
    return Turning(
        tuple(_turn(knowledge, evidence, flip) for flip in turns.to_leader[:TURNS]),
        tuple(_turn(knowledge, evidence, flip) for flip in turns.to_level[:TURNS]),
    )


def _turn(knowledge: Knowledge, evidence: Evidence, flip: Flip) -> Turn:
    return Turn(
        answers=tuple(said(knowledge, evidence, given) for given in flip.answers),
        how=tuple(flip.how),
        leader=name(knowledge, flip.leader),
        share=flip.share,
        was=flip.was,
        level=flip.level,
    )


def _weights(
    knowledge: Knowledge, evidence: Evidence, pairs: Iterable[tuple[Given, float]], settled: Collection[Given]
) -> tuple[Weight, ...]:
    return tuple(Weight(said(knowledge, evidence, given), _finite(weight), given in settled) for given, weight in pairs)


def _expected(knowledge: Knowledge, found: Iterable[Expectation]) -> tuple[Expected, ...]:
    return tuple(Expected(name(knowledge, e.finding), e.expected, e.otherwise, e.share) for e in found)


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None
