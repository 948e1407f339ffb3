"""What has been entered so far, right or wrong, as one frozen value; a Case is made from it, and it from a Case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from crampnet.inference.case import Case
from crampnet.inference.vocabulary import Vocabulary
from crampnet.reasoning.next_steps import MEDICINES

STATES = ("present", "probably_present", "probably_absent", "absent")
"""The answers that a case holds, from yes to no."""
YES, NO = STATES[:2], STATES[2:]

UNKNOWN = "unknown"
"""Asked and not known: shown on the page, and nothing in the case."""

HOME = "general_population"


@dataclass(frozen=True)
class Draft:
    """Everything entered. Fields as in Case (None for a list that was not asked for), the answers as one table."""

    age: float | None = None
    sex: str | None = None
    pregnant: bool | None = None
    setting: str = HOME
    complaint: bool = True
    sought_care: bool | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    examined: tuple[str, ...] = ()
    medicines: tuple[str, ...] | None = None
    medicines_complete: bool = False
    results: Mapping[str, str] = field(default_factory=dict)
    diagnoses: tuple[str, ...] | None = None
    cared_for: tuple[str, ...] = ()
    ruled_out: tuple[str, ...] = ()
    note: str = ""

    @property
    def empty(self) -> bool:
        """True while a case made from it would say nothing."""
        return self.to_case() == Case()

    @property
    def answered(self) -> dict[str, str]:
        """Answers other than "don't know", in the order given."""
        return {name: state for name, state in self.answers.items() if state != UNKNOWN}

    @property
    def unknown(self) -> set[str]:
        """Questions that were asked and not known."""
        return {name for name, state in self.answers.items() if state == UNKNOWN}

    @property
    def passed(self) -> frozenset[str]:
        """Questions that are not to be asked again: those not known, and that for the medicines once it is answered."""
        return frozenset(self.unknown if self.medicines is None else {*self.unknown, MEDICINES})

    def answer(self, name: str, state: str | None) -> Draft:
        """With one question answered, or cleared by None; what is answered anew is the person's own answer."""
        answers = dict(self.answers)
        if state is None:
            answers.pop(name, None)
        else:
            answers[name] = state
        return replace(self, answers=answers, examined=tuple(other for other in self.examined if other != name))

    def result(self, test: str, given: str | None) -> Draft:
        """With one test result entered, or removed by None."""
        results = dict(self.results)
        results.pop(test, None)
        if given is not None:
            results[test] = given
        return replace(self, results=results)

    def to_case(self) -> Case:
        """The case as entered; what is wrong with it comes out when it is diagnosed."""
        by_state = {state: [n for n, s in self.answers.items() if s == state] for state in STATES}
        return Case(
            age=int(self.age) if self.age is not None and self.age == int(self.age) else self.age,
            sex=self.sex,
            pregnant=self.pregnant,
            setting=self.setting,
            complaint=self.complaint,
            sought_care=self.sought_care if self.complaint else None,
            examined=self.examined,
            medicines=self.medicines,
            medicines_complete=self.medicines_complete,
            results=self.results,
            diagnoses=self.diagnoses,
            cared_for=self.cared_for,
            ruled_out=self.ruled_out,
            note=self.note,
            **by_state,
        )


def draft_of(case: Case, vocabulary: Vocabulary) -> Draft:
    """The draft that shows a case, every name resolved to its id. Raises UnknownName."""
    answers = {vocabulary.finding(name): state for state in reversed(STATES) for name in getattr(case, state)}
    return Draft(
        age=None if case.age is None else float(case.age),
        sex=case.sex,
        pregnant=case.pregnant,
        setting=vocabulary.setting(case.setting),
        complaint=case.complaint,
        sought_care=case.sought_care,
        answers=answers,
        examined=tuple(dict.fromkeys(vocabulary.finding(name) for name in case.examined)),
        medicines=None if case.medicines is None else tuple(case.medicines),
        medicines_complete=case.medicines_complete,
        results={vocabulary.test(name): str(given) for name, given in case.results.items()},
        diagnoses=None if case.diagnoses is None else tuple(vocabulary.condition(name) for name in case.diagnoses),
        cared_for=tuple(vocabulary.condition(name) for name in case.cared_for),
        ruled_out=tuple(vocabulary.condition(name) for name in case.ruled_out),
        note=case.note,
    )
