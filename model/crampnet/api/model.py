"""Load a model and ask it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import pandas as pd

from crampnet.api.answer import Answer
from crampnet.cohort.frame import diagnose_many
from crampnet.cohort.scoring import Scorer
from crampnet.errors import CrampnetError, UnknownName
from crampnet.inference.case import Case
from crampnet.inference.engine import Posterior
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.inference.exact.kernels import KERNELS
from crampnet.inference.lighter import weighed
from crampnet.inference.vocabulary import Vocabulary
from crampnet.knowledge import Knowledge, load_knowledge
from crampnet.knowledge.nearest import nearest_names
from crampnet.network import REFERENCE_SETTING, Network, build_network, to_pgmpy
from crampnet.network.ensembles import Ensembles
from crampnet.network.network import CERTAIN
from crampnet.reasoning.advice import advise
from crampnet.reasoning.urgency import assess, warning_signs

if TYPE_CHECKING:
    from pgmpy.models import DiscreteBayesianNetwork


FEW = (
    "So much was answered that not every combination of causes could be counted: beside {open} likely causes and "
    "states, of all others one at the most was taken to be there. What that leaves out is estimated at {missing:.1f} % "
    "of all that fits the answers. How sure this is, why, and what to ask next are not worked out for such a case."
)
"""Warning of an answer that few causes at a time had to do for."""

LEFT_OUT = (
    "So much was answered that it cannot all be weighed together. The probabilities do without the answers that say "
    "least for what they cost: {names}. Where up to three are named, rows are off by a few hundredths as a rule; where "
    "there are more, single ones can be far off. Warning signs heed all of them."
)
"""Warning of an answer that the probabilities do without a part of."""


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
        self.ensembles = Ensembles(knowledge)
        self._networks: dict[str, Network] = {}
        self._lock = Lock()

    def ready(self, seconds: float | None = None) -> bool:
        """Wait until the compiled engine is there; False when it is not (in time, or on this machine at all).

        Nothing needs to wait: the plain engine gives the same answers meanwhile, some fifty times slower and equal to
        the last few digits. The compiled form is made in the background from the second answer on, or from here on;
        making it takes about a minute once on a machine. seconds: how long to wait at the most; 0 only begins.
        """
        return KERNELS.wait(seconds)

    def network(self, setting: str = REFERENCE_SETTING) -> Network:
        """The compiled network of a setting. Raises UnknownName for a setting that does not exist."""
        name = self.vocabulary.setting(setting)
        with self._lock:
            if name not in self._networks:
                self._networks[name] = build_network(self.knowledge, name)
            return self._networks[name]

    def to_pgmpy(
        self, setting: str = REFERENCE_SETTING, *, sought_care: bool = False, told: Iterable[str] = ()
    ) -> DiscreteBayesianNetwork:
        """The network of a setting as a pgmpy model, for pgmpy's own inference and file formats.

        sought_care: among people who have gone to a clinician because of the hand; told: exposures and conditions that
        are known to be there and will be given as present, as some causes act only where they are told.
        Raises UnknownName for a name that the network does not have.
        """
        network = self.network(setting)
        for name in told:
            if name not in network.index:
                raise UnknownName("node", name, nearest_names(name, list(network.index)))
        known = network.told({network.index[name]: CERTAIN for name in told})
        return to_pgmpy(known, sought_care=sought_care)

    def diagnose(self, case: Case | Mapping[str, object]) -> Answer:
        """Answer one case, exactly, or nearly so where very much was answered (then a warning says how nearly).

        case: also as plain data, such as {"age": 44, "present": ["kind_spasm"]}; see `Case.from_dict`.
        Raises UnknownName, BadValue, BadCase, ImpossibleCase or TooExpensive, each naming the answer and the remedy,
        with the warning signs of the case that want care all the same (`signs`).
        """
        case = case if isinstance(case, Case) else Case.from_dict(case)
        try:
            return self._answer(case)
        except CrampnetError as error:
            error.signs = warning_signs(self.knowledge, self.vocabulary, case)
            raise

    def _answer(self, case: Case) -> Answer:
        network = self.network(case.setting)
        evidence, beliefs = weighed(network, read_evidence(self.knowledge, self.vocabulary, network, case))
        evidence = replace(evidence, warnings=(*evidence.warnings, *self._inexact(evidence, beliefs)))
        urgency = assess(self.knowledge, network, evidence, beliefs)
        advice = advise(self.knowledge, evidence, beliefs, urgency)
        return Answer(self, case, evidence, beliefs, urgency, advice)

    def _inexact(self, evidence: Evidence, beliefs: Posterior) -> Iterator[str]:
        """Warnings of an answer that is not exact."""
        if evidence.left_out:
            yield LEFT_OUT.format(names=", ".join(f'"{self.knowledge.name(id_).plain}"' for id_ in evidence.left_out))
        if beliefs.few is not None:
            yield FEW.format(open=len(beliefs.few.opened), missing=100.0 * beliefs.few.missing)

    def diagnose_many(self, table: pd.DataFrame, *, keep: Sequence[str] = (), top: int | None = None) -> pd.DataFrame:
        """Answer every row of a table as `diagnose` answers one case; see `crampnet.cohort.table` for its columns.

        keep: columns to copy besides the id columns; top: the first so many conditions, or every condition (None).

        Returns a table with the same rows, order and index: level, provisional, leader, leader_contributes,
        log_evidence, contributes_<condition>, and error for a row that cannot be answered.
        Raises BadTable when the table as a whole cannot be read.
        """
        return diagnose_many(Scorer(self), table, keep=keep, top=top)
