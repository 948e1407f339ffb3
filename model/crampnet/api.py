"""The library's door: load a model, describe a case, read the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import pandas as pd

from crampnet.inference.case import Case
from crampnet.inference.engine import Posterior, posterior
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.inference.vocabulary import Vocabulary
from crampnet.knowledge import Knowledge, load_knowledge
from crampnet.network import REFERENCE_SETTING, Network, build_network, to_pgmpy
from crampnet.reasoning.advice import Advice, advise
from crampnet.reasoning.urgency import Urgency, assess
from crampnet.report import Report, make_report, to_markdown
from crampnet.report.markdown import Voice

if TYPE_CHECKING:
    from pgmpy.models import DiscreteBayesianNetwork


def load_model(priors: Path | str | None = None, *, overlay: Path | str | None = None) -> Model:
    """Load the knowledge and make it ready to answer.

    priors: folder of the knowledge; the shipped one by default;
    overlay: a YAML file that replaces single numbers, such as `conditions.als.troubles_hand.value: 0.5`.
    Raises KnowledgeError listing every problem with file, key and remedy.
    """
    knowledge = load_knowledge(
        Path(priors) if priors is not None else None,
        overlay=Path(overlay) if overlay is not None else None,
    )
    return Model(knowledge)


class Model:
    """The knowledge, compiled. Safe to share between threads; a network is built once for each setting."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.vocabulary = Vocabulary(knowledge)
        self._networks: dict[str, Network] = {}
        self._lock = Lock()

    def network(self, setting: str = REFERENCE_SETTING) -> Network:
        """The compiled network of a setting. Raises UnknownName for a setting that does not exist."""
        name = self.vocabulary.setting(setting)
        with self._lock:
            if name not in self._networks:
                self._networks[name] = build_network(self.knowledge, name)
            return self._networks[name]

    def to_pgmpy(self, setting: str = REFERENCE_SETTING) -> DiscreteBayesianNetwork:
        """The network of a setting as a pgmpy model, for pgmpy's own inference and file formats."""
        return to_pgmpy(self.network(setting))

    def diagnose(self, case: Case) -> Answer:
        """Answer one case, exactly.

        Raises UnknownName, BadValue, BadCase or ImpossibleCase, each naming the answer and the remedy.
        """
        network = self.network(case.setting)
        evidence = read_evidence(self.knowledge, self.vocabulary, network, case)
        beliefs = posterior(network, evidence)
        urgency = assess(self.knowledge, network, evidence, beliefs)
        advice = advise(self.knowledge, evidence, beliefs, urgency)
        return Answer(self.knowledge, case, evidence, beliefs, urgency, advice)


@dataclass(frozen=True)
class Answer:
    """The answer to one case: posterior, urgency with its trail, advice with its cautions."""

    knowledge: Knowledge
    case: Case
    evidence: Evidence
    posterior: Posterior
    urgency: Urgency
    advice: tuple[Advice, ...]

    @cached_property
    def ranking(self) -> pd.DataFrame:
        """One row a condition, most likely reason first: name, contributes, present, base_rate.

        Index: condition id. Ranked by contributes, or by present where the case states no trouble of the hand.
        """
        rows = [(row.condition, row.clinical, row.contributes, row.present, row.base_rate) for row in self.report.rows]
        columns = ["condition", "name", "contributes", "present", "base_rate"]
        return pd.DataFrame(rows, columns=columns).set_index("condition")

    @cached_property
    def report(self) -> Report:
        """Everything that the answer shows, as plain values, stamped with versions and date."""
        return make_report(
            knowledge=self.knowledge,
            case=self.case,
            evidence=self.evidence,
            posterior=self.posterior,
            urgency=self.urgency,
            advice=self.advice,
            version=version("crampnet"),
            today=date.today(),
        )

    def to_markdown(self, *, voice: Voice = "plain") -> str:
        """The answer as readable text, in everyday or clinical words."""
        return to_markdown(self.report, voice=voice)
