"""Whether the answers fit together, and which one fits least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crampnet.inference.engine import evidence_under
from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.network.network import Network
from crampnet.reasoning.answers import Given, answers_given, only

SAME = 1e-9
"""Logarithms closer than this are the same."""


@dataclass(frozen=True)
class Fit:
    """How one answer sits among the others.

    alone: ln P(answer | context); given_rest: ln P(answer | context, all other answers), lower than `alone` where
    the others speak against it.
    """

    answer: Given
    alone: float
    given_rest: float


@dataclass(frozen=True)
class Conflict:
    """How well the answers fit together.

    value: sum over answers of ln P(answer | context) less ln P(all answers | context); above 0 they fit together
    worse than independent ones would; fits: one an answer, the least probable given the rest first.
    """

    value: float
    fits: tuple[Fit, ...]

    @property
    def culprit(self) -> Given | None:
        """The answer that is least probable given the rest; None where there are fewer than two answers."""
        return self.fits[0].answer if len(self.fits) > 1 else None

    @property
    def contradicted(self) -> Given | None:
        """The answer that the rest makes least probable against what it is alone; None where the rest supports all."""
        least = min(self.fits, key=lambda fit: fit.given_rest - fit.alone, default=None)
        return least.answer if least is not None and least.given_rest < least.alone - SAME else None


def conflict(knowledge: Knowledge, network: Network, evidence: Evidence) -> Conflict:
    """Conflict of the answers: sum_f ln P(f | context) - ln P(F | context), and P(f | rest) of each.

    P(f | rest) = P(F) / P(F without f). The context is age, sex, setting, complaint and what went unmentioned
    unasked; an answer is one thing given, a probable one or a measured value entering with its likelihood. 0 for a
    single answer.
    """
    answers = answers_given(knowledge, network, evidence)
    alone = [only(network, evidence, answers, [given]) for given in answers]
    rest = [only(network, evidence, answers, [g for g in answers if g != given]) for given in answers]
    changes = [only(network, evidence, answers, ()), only(network, evidence, answers, answers), *alone, *rest]
    logs = np.log(evidence_under(network, evidence, changes) @ evidence.strata_weights)
    nothing, everything, one, others = logs[0], logs[1], logs[2 : 2 + len(answers)], logs[2 + len(answers) :]
    rows = zip(answers, (one - nothing).tolist(), (everything - others).tolist(), strict=True)
    fits = sorted((Fit(*row) for row in rows), key=lambda fit: fit.given_rest)
    return Conflict(sum(fit.alone for fit in fits) - float(everything - nothing), tuple(fits))
