"""The same case under several models, side by side: other settings, and syndromes merged away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crampnet.errors import ImpossibleCase, TooExpensive
from crampnet.inference.case import Case
from crampnet.inference.engine import Posterior, posterior
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.inference.vocabulary import Vocabulary
from crampnet.knowledge import Knowledge
from crampnet.network.network import Network
from crampnet.reasoning.sensitivity.structure import ancestors, merge_syndrome
from crampnet.reasoning.urgency import assess

UNCHANGED = "unchanged"
"""Column of the model as it is."""


@dataclass(frozen=True)
class Comparison:
    """Answers of several models to one case; a column a model.

    contributes, present: P(condition is a reason | e) and P(condition present | e), index conditions, NaN where a model
    has no answer; leader: first condition of each model's ranking; level: urgency under each; log_evidence:
    ln P(answers | context) under each; unanswered: models under which the answers cannot be (or cost too much), with
    the reason.
    """

    contributes: pd.DataFrame
    present: pd.DataFrame
    leader: pd.Series[str]
    level: pd.Series[str]
    log_evidence: pd.Series[float]
    unanswered: Mapping[str, str]


def compare_settings(
    knowledge: Knowledge, vocabulary: Vocabulary, networks: Mapping[str, Network], case: Case
) -> Comparison:
    """The same case in several settings, each with its own ages, base rates and exposures.

    networks: setting -> its network; the case's own setting is not used.
    """
    models = {
        setting: (network, read_evidence(knowledge, vocabulary, network, case)) for setting, network in networks.items()
    }
    return _compare(knowledge, models)


def compare_structures(knowledge: Knowledge, network: Network, evidence: Evidence) -> Comparison:
    """The case with each syndrome that matters to it merged away, beside the model as it is (column `unchanged`).

    A syndrome matters when an answer hangs on it; one that is itself answered is left alone.
    """
    reached = ancestors(network, evidence.weights)
    models = {UNCHANGED: (network, evidence)}
    for position, node in enumerate(network.nodes):
        if node.kind == "syndrome" and position in reached and position not in evidence.weights:
            models[node.id] = (merge_syndrome(network, node.id), evidence)
    return _compare(knowledge, models)


def _compare(knowledge: Knowledge, models: Mapping[str, tuple[Network, Evidence]]) -> Comparison:
    found: dict[str, Posterior] = {}
    levels: dict[str, str] = {}
    refused: dict[str, str] = {}
    for name, (network, evidence) in models.items():
        try:
            found[name] = posterior(network, evidence)
            levels[name] = assess(knowledge, network, evidence, found[name]).level
        except (ImpossibleCase, TooExpensive) as error:
            refused[name] = str(error)
    first, evidence = next(iter(models.values()))

    def table(quantity: str) -> pd.DataFrame:
        rows = {name: getattr(found[name], quantity) if name in found else dict.fromkeys(order) for name in models}
        return pd.DataFrame(rows, index=pd.Index(order, name="condition"), dtype=float)

    order = list(first.conditions)
    contributes, present = table("contributes"), table("present")
    ranked = (contributes if evidence.asks else present)[list(found)]
    return Comparison(
        contributes,
        present,
        pd.Series({name: str(ranked[name].idxmax()) for name in ranked}, dtype=str),
        pd.Series(levels, dtype=str),
        pd.Series({name: answer.log_evidence for name, answer in found.items()}, dtype=np.float64),
        refused,
    )
