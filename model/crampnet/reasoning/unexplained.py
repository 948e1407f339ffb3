"""What the leading condition leaves unexplained, and what is typical of it and was not found or not asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crampnet.inference.engine import Change, evidence_under
from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.network.network import COMPLAINT, Network, reason_id
from crampnet.reasoning.answers import ABSENT, PRESENT, UNNAMED, WITHDRAWN, answers_given, only

MOSTLY = 0.5
"""A finding is explained by a condition that accounts for at least this share of it."""
TYPICAL = 0.5
"""A finding that a condition shows in at least this share of people is typical of it."""
BACKGROUND = ("exposure", "medicine", "medicines_complete", *UNNAMED, "diagnosis", "ruled_out")
"""Kinds of answers that explain and are not to be explained."""


@dataclass(frozen=True)
class Expectation:
    """How a finding goes with a condition.

    finding: id; expected: P(finding | the condition acts, background); otherwise: P(finding | it is not there,
    background, complaint or not); share: the part of `expected` that is there because of the condition,
    1 - otherwise / expected; elsewhere: P(finding | complaint for other reasons, background). Background: age, sex,
    setting, exposures, medicines and other diagnoses, no findings.
    """

    finding: str
    expected: float
    otherwise: float
    share: float
    elsewhere: float

    @property
    def explained(self) -> bool:
        """The condition doubles the finding at least, and other reasons do not show it more than twice as often."""
        return self.share >= MOSTLY and not self.expected < MOSTLY * self.elsewhere


@dataclass(frozen=True)
class Account:
    """What a condition accounts for.

    explained, unexplained: findings present, those with the largest share first, of the unexplained those rarest
    without it; missing: findings typical of it that were answered absent; unasked: those not answered yet; both with
    the most expected first.
    """

    condition: str
    explained: tuple[Expectation, ...]
    unexplained: tuple[Expectation, ...]
    missing: tuple[Expectation, ...]
    unasked: tuple[Expectation, ...]


def account(knowledge: Knowledge, network: Network, evidence: Evidence, condition: str) -> Account:
    """What a condition, such as the first row, accounts for among the findings of a case.

    A finding present is explained when share >= 1/2 (had the condition not been there, it would more likely than not be
    missing) and expected >= elsewhere / 2 (it does not speak for another reason). A finding is typical when explained
    and expected >= 1/2; only what the knowledge ties to the condition itself or to its syndromes is looked at. Without
    a complaint "acts" reads "is there" and `elsewhere` equals `otherwise`. Where the background alone makes the
    condition certain or impossible the numbers are NaN and nothing is explained.
    """
    findings = {node.id for node in network.nodes if node.kind == "finding"}
    seen = evidence.present & findings
    present = {name for name in seen if network.index[name] in evidence.weights}
    typical = shown_by(knowledge, condition) & findings - seen
    found = _expectations(knowledge, network, evidence, condition, sorted(present | typical))
    told = [e for e in found if e.finding in present]
    rest = [e for e in found if e.finding in typical and e.explained and e.expected >= TYPICAL]
    rest.sort(key=lambda e: -e.expected)
    return Account(
        condition,
        tuple(sorted((e for e in told if e.explained), key=lambda e: -e.share)),
        tuple(sorted((e for e in told if not e.explained), key=lambda e: e.otherwise)),
        tuple(e for e in rest if e.finding in evidence.absent),
        tuple(e for e in rest if e.finding not in evidence.absent),
    )


def shown_by(knowledge: Knowledge, condition: str) -> frozenset[str]:
    """Findings that a condition shows by itself or through its syndromes."""
    record = knowledge.conditions[condition]
    direct = {*record.reason_shows, *record.presence_shows}
    through = (knowledge.syndromes[name].shows for name in direct & knowledge.syndromes.keys())
    return frozenset(direct.union(*through) - knowledge.syndromes.keys())


def _expectations(
    knowledge: Knowledge, network: Network, evidence: Evidence, condition: str, findings: Sequence[str]
) -> list[Expectation]:
    """One a finding, in their order: forward passes with the condition, without it and with other reasons."""
    answers = answers_given(knowledge, network, evidence)
    background = only(network, evidence, answers, [given for given in answers if given.kind in BACKGROUND])
    here, reason = network.index[condition], network.index[reason_id(condition)]
    acting = {**background, (reason if evidence.asks else here): PRESENT}
    without = {**background, here: ABSENT, network.index[COMPLAINT]: WITHDRAWN}
    others = {**background, reason: ABSENT} if evidence.asks else without
    changes = [{**case, **one} for case in (acting, without, others) for one in ({}, *_present(network, findings))]
    reached = (evidence_under(network, evidence, changes) @ evidence.strata_weights).reshape(3, -1)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected, otherwise, elsewhere = reached[:, 1:] / reached[:, :1]
        share = 1.0 - otherwise / expected
    rows = zip(findings, *(column.tolist() for column in (expected, otherwise, share, elsewhere)), strict=True)
    return [Expectation(*row) for row in rows]


def _present(network: Network, findings: Sequence[str]) -> list[Change]:
    return [{network.index[finding]: PRESENT} for finding in findings]
