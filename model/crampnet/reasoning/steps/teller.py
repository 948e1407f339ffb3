"""The person who knows the answers of a case, and tells what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from crampnet.inference.case import Case
from crampnet.inference.evidence import ANSWERS
from crampnet.inference.vocabulary import Vocabulary
from crampnet.knowledge import Knowledge
from crampnet.reasoning.steps.records import MEDICINES

UNKNOWN = "unknown"
"""The answer where the full case does not mention what is asked."""
TOLD = "told"
"""The answer to which medicines are taken."""


class Teller:
    """The person who knows the answers of a case."""

    def __init__(self, knowledge: Knowledge, vocabulary: Vocabulary, case: Case) -> None:
        self.knowledge = knowledge
        self.case = case
        self.states: dict[str, str] = {}
        for key in ANSWERS:
            for name in getattr(case, key):
                self._learn(vocabulary.finding(name), key)
        if case.pregnant is not None:
            self._learn("pregnancy", "present" if case.pregnant else "absent")
        self.examined = frozenset(vocabulary.finding(name) for name in case.examined)

    def _learn(self, name: str, key: str) -> None:
        exposure = self.knowledge.exposures.get(name)
        self.states.setdefault(name, key)
        for implied in exposure.implies if exposure is not None and ANSWERS[key][0] else ():
            self.states.setdefault(implied, key)

    def opening(self) -> dict[str, str]:
        """The complaint kinds that are there."""
        kinds = self.knowledge.kinds
        return {name: key for name, key in self.states.items() if ANSWERS[key][0] and kinds[name] == "complaint"}

    def history(self) -> dict[str, str]:
        """Everything that a person can be asked."""
        told = {name: key for name, key in self.states.items() if self._askable(name)}
        return {**told, **self.tell(MEDICINES)[1]}

    def _askable(self, name: str) -> bool:
        finding = self.knowledge.findings.get(name)
        return name in self.knowledge.exposures or (finding is not None and finding.cost == "answer")

    def tell(self, name: str) -> tuple[str, dict[str, str]]:
        """The answer to a step, and what it adds to what is given; nothing where it is not known."""
        if name != MEDICINES:
            key = self.states.get(name)
            return (UNKNOWN, {}) if key is None else (key, {name: key})
        found = {n: key for n, key in self.states.items() if self._medicine(n)}
        if not (found or self.case.medicines is not None or self.case.medicines_complete):
            return UNKNOWN, {}
        return TOLD, {**found, MEDICINES: TOLD}

    def _medicine(self, name: str) -> bool:
        exposure = self.knowledge.exposures.get(name)
        return exposure is not None and exposure.kind == "medicine"

    def case_of(self, given: Mapping[str, str]) -> Case:
        """The case as far as it has been told."""
        told = MEDICINES in given
        answers = {key: tuple(n for n, state in given.items() if state == key) for key in ANSWERS}
        return replace(
            self.case,
            present=answers["present"],
            absent=answers["absent"],
            probably_present=answers["probably_present"],
            probably_absent=answers["probably_absent"],
            examined=tuple(sorted(self.examined.intersection(given))),
            pregnant=None,
            medicines=self.case.medicines if told else None,
            medicines_complete=self.case.medicines_complete and told,
            results={},
        )
