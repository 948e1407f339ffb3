"""Whether a disease outside the list explains the answers better than every listed one."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from math import fsum

import numpy as np

from crampnet.inference.engine import Posterior, evidence_under
from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.network.network import Network
from crampnet.reasoning.answers import Given, answers_given, only
from crampnet.reasoning.unexplained import BACKGROUND

SAID = 0.29
"""Share from which it is said; chosen on the development cases (`validation/README.md`), rounded."""


@dataclass(frozen=True)
class Unlisted:
    """How well the answers go with a disease outside the list: one without a record, or with one as a form of the rest.

    share: P(such a disease is behind the trouble | answers); factor: P(findings | a disease without a record) /
    P(findings | background, complaint), the latter by the whole network; pictures: what it looks like, each syndrome
    that no listed condition shows and that the answers reach, with P(syndrome | answers), most probable first.
    """

    share: float
    factor: float
    pictures: tuple[tuple[str, float], ...] = ()

    @property
    def flagged(self) -> bool:
        """It deserves to be said."""
        return self.share >= SAID


def unlisted(knowledge: Knowledge, network: Network, evidence: Evidence, posterior: Posterior) -> Unlisted | None:
    """Weigh the network against a disease of which nothing is known but that it is much like the listed ones.

    share = (a L + (1 - a) R) / (a L + 1 - a), by Bayes' rule over two explanations: with the prior a a disease without
    a record, with 1 - a the network, in which R sums P(contributes | answers) of what stands for the rest and of the
    forms of it that have records (stroke, poisoning ...), at most 1. L, the factor, is
    [prod_f P(f | a condition drawn at random acts alone)] / P(F | background, complaint): each finding is as frequent
    as the listed conditions show it in the mean, and findings go together by chance. This is the evidence conflict of
    Jensen (1990), which Agosta and Katz (2002, "The use of evidence conflict to extend diagnostic models") use to
    notice a disease that a network lacks, with the mean over single diseases in place of each finding's own P.

    The prior is the figure `unlisted` of the record that stands for the rest; None without such a record, or where the
    hand gives no trouble.
    """
    figures = [record.unlisted.value for record in knowledge.conditions.values() if record.unlisted is not None]
    if not figures or not evidence.asks:
        return None
    answers = answers_given(knowledge, network, evidence)
    listed = _whole_network(network, evidence, posterior, answers)
    factor = float(np.exp(_random_disease(network, evidence, answers) - listed))
    outside = outside_the_list(knowledge)
    prior = sum(figures)
    odds = prior * factor / (1.0 - prior)
    share = (odds + min(fsum(posterior.contributes[name] for name in outside), 1.0)) / (odds + 1.0)
    return Unlisted(share, factor, _pictures(knowledge, network, posterior, outside))


def outside_the_list(knowledge: Knowledge) -> frozenset[str]:
    """Ids of what stands for the rest and of its forms: diseases that only look like the listed ones."""
    return knowledge.with_forms({name for name, record in knowledge.conditions.items() if record.unlisted is not None})


def _pictures(
    knowledge: Knowledge, network: Network, posterior: Posterior, outside: Set[str]
) -> tuple[tuple[str, float], ...]:
    """P(syndrome | answers) of the syndromes that nothing listed shows, most probable first."""
    listed = [record for name, record in knowledge.conditions.items() if name not in outside]
    shown = {name for record in listed for name in (*record.reason_shows, *record.presence_shows)}
    pairs = [(name, float(posterior.belief[network.index[name]])) for name in knowledge.syndromes if name not in shown]
    return tuple(sorted((pair for pair in pairs if not np.isnan(pair[1])), key=lambda pair: -pair[1]))


def _random_disease(network: Network, evidence: Evidence, answers: Sequence[Given]) -> float:
    """Sum of ln P(answer | a condition drawn at random acts alone)."""
    given = [one for one in answers if one.kind not in BACKGROUND]
    told = sorted({node for one in given for node in one.nodes if node in evidence.weights})
    present = network.usual[told][:, evidence.strata] @ evidence.strata_weights
    absent_weight, present_weight = np.array([evidence.weights[node] for node in told]).reshape(-1, 2).T
    with np.errstate(divide="ignore"):
        return float(np.log(absent_weight * (1.0 - present) + present_weight * present).sum())


def _whole_network(network: Network, evidence: Evidence, posterior: Posterior, answers: Sequence[Given]) -> float:
    """Of the answers about findings: ln P(answers | background, complaint)."""
    background = only(network, evidence, answers, [one for one in answers if one.kind in BACKGROUND])
    before = float((evidence_under(network, evidence, [background]) @ evidence.strata_weights)[0])
    return posterior.log_evidence - float(np.log(before))
