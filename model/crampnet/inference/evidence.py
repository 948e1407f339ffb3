"""Case -> Evidence: what each answer says about which node, as a pair of likelihood weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from crampnet.errors import BadCase, ImpossibleCase
from crampnet.inference.case import Case
from crampnet.inference.context import Context, read_context
from crampnet.inference.measurements import People, measured, read_quantity
from crampnet.inference.readings import Reading, read_together
from crampnet.inference.runs import ABSENT, PRESENT
from crampnet.inference.vocabulary import Vocabulary
from crampnet.inference.weighing import (
    Pair,
    Unmentioned,
    Values,
    Weighing,
    answer_weighing,
    exclusion_weighing,
)
from crampnet.knowledge import Knowledge
from crampnet.network.network import COMPLAINT, Array, Network

ANSWERS = {
    "present": (True, True),
    "absent": (False, True),
    "probably_present": (True, False),
    "probably_absent": (False, False),
}
"""Key of a case -> (present, sure); the sure answers come first and go before the same said less surely."""


_T_co = TypeVar("_T_co", covariant=True)
_T = TypeVar("_T")


class Beliefs(Protocol[_T_co]):
    """Whatever holds both quantities that a ranking can go by."""

    @property
    def contributes(self) -> _T_co:
        """P(the condition is a reason for the complaint | answers)."""

    @property
    def present(self) -> _T_co:
        """P(the condition is there | answers)."""


@dataclass(frozen=True)
class Evidence:
    """Everything that a case says, in the network's terms.

    weights: node position -> (weight of absent, weight of present); weighed: for those nodes whose weights hang on
    stated figures, how; labels: node position -> the answer in the asker's words; strata: positions of the strata that
    fit age and sex; strata_weights: their share, shape (strata,);
    present, absent: ids answered so (also "probably"), and abnormalities: present where a measured value speaks for one
    and lies outside the reference range;
    known: diagnoses; cared_for: those under treatment or review; unnamed: medicine classes and conditions that a list
    of medicines or diagnoses leaves out, and whose weights say so; values: test id -> value in its own unit, as given;
    readings: test id -> how that value is read; medicine_classes: medicine as typed -> class; asks: whether the hand
    gives trouble; warnings: sentences for people; left_out: ids of answers that the probabilities do without, where
    very much was answered (see lighter).
    """

    weights: dict[int, tuple[float, float]]
    labels: dict[int, str]
    strata: npt.NDArray[np.intp]
    strata_weights: Array
    present: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    cared_for: frozenset[str] = frozenset()
    unnamed: frozenset[str] = frozenset()
    values: Mapping[str, float] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    medicine_classes: Mapping[str, str] = field(default_factory=dict)
    asks: bool = True
    warnings: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    weighed: Mapping[int, Weighing] = field(default_factory=dict)

    @property
    def told(self) -> frozenset[str]:
        """What is there for rules: ids answered so, and diagnoses."""
        return self.present | self.known

    def ranked(self, found: Beliefs[_T]) -> _T:
        """What the ranking goes by: contributes, or present where the hand gives no trouble."""
        return found.contributes if self.asks else found.present

    def under(self, values: Values) -> dict[int, Array]:
        """Weights under other figures: position -> weights of absent and present, shape (2, draws).

        Only nodes that hang on one of the figures are there.

        values: path of a figure -> its value in each draw, shape (draws,); others may be among them.
        """
        return {
            node: how.under(values) for node, how in self.weighed.items() if not values.keys().isdisjoint(how.paths)
        }


def read_evidence(knowledge: Knowledge, vocabulary: Vocabulary, network: Network, case: Case) -> Evidence:
    """Read a case.

    Raises UnknownName, BadValue, BadCase (an answer that contradicts another) or ImpossibleCase (an answer that cannot
    be with this age and sex), each naming the answer and the remedy.
    """
    reader = _Reader(knowledge, vocabulary, network)
    context = read_context(network, case)
    reader.answers(case)
    reader.medicines(case)
    reader.diagnoses(case)
    reader.results(case, context)
    reader.unmentioned(case)
    reader.set_aside()
    return reader.finish(case, context)


class _Reader:
    def __init__(self, knowledge: Knowledge, vocabulary: Vocabulary, network: Network) -> None:
        self.knowledge = knowledge
        self.vocabulary = vocabulary
        self.network = network
        self.weights: dict[int, Pair] = {}
        self.weighed: dict[int, Weighing] = {}
        self.labels: dict[int, str] = {}
        self.said: dict[str, str] = {}
        self.state: dict[str, bool] = {}
        self.known: set[str] = set()
        self.cared_for: set[str] = set()
        self.unnamed: set[str] = set()
        self.values: dict[str, float] = {}
        self.readings: dict[str, Reading] = {}
        self.classes: dict[str, str] = {}
        self.measured: dict[str, bool] = {}
        self.warnings: list[str] = []

    def answers(self, case: Case) -> None:
        examined = {self.vocabulary.finding(name) for name in case.examined}
        for key, (state, sure) in ANSWERS.items():
            for name in getattr(case, key):
                node = self.vocabulary.finding(name)
                how = answer_weighing(self.knowledge, node, state, sure=sure, examined=node in examined)
                self._answer(node, how, state, key)
        for node in sorted(examined - self.state.keys()):
            problem = f"{node} is under examined, but not answered."
            raise BadCase("examined", problem, "Put it under present or absent too, or leave it out here.")
        if case.pregnant is not None:
            self._answer("pregnancy", None, case.pregnant, "pregnant")

    def _answer(self, node: str, how: Weighing | None, state: bool, key: str) -> None:
        """An answer that weighs so, or is taken as given."""
        if node not in self.network.index:
            raise BadCase(key, f"these priors hold nothing called {node}.", "Leave it out.")
        if self.state.get(node, state) != state:
            raise BadCase(key, f"{node} is also under {self.said[node]}, as the opposite.", "Keep one of the two.")
        if node in self.state and how is not None:
            return
        self.state[node], self.said[node] = state, key
        self._weigh(node, how or (PRESENT if state else ABSENT), f"{node} {'present' if state else 'absent'}")
        exposure = self.knowledge.exposures.get(node)
        for implied in exposure.implies if exposure is not None and state else ():
            self._answer(implied, how, True, f"{key}: {node}")

    def medicines(self, case: Case) -> None:
        for name in case.medicines or ():
            self.classes[name] = group = self.vocabulary.medicine(name)
            if self.state.get(group) is False:
                problem = f"{name} is a {group}, which is under {self.said[group]}."
                raise BadCase("medicines", problem, "Keep one of the two.")
            self._answer(group, None, True, "medicines")
            self.labels[self.network.index[group]] = f"medicine {name}"
        if case.medicines_complete:
            for exposure, record in self.knowledge.exposures.items():
                if record.kind == "medicine" and exposure not in self.state:
                    self._answer(exposure, None, False, "medicines_complete")

    def diagnoses(self, case: Case) -> None:
        for name in case.diagnoses or ():
            condition = self.vocabulary.condition(name)
            self.known.add(condition)
            self._weigh(condition, PRESENT, f"diagnosis {condition}")
        for name in case.cared_for:
            if (condition := self.vocabulary.condition(name)) not in self.known:
                raise BadCase(
                    "cared_for", f"{condition} is not under diagnoses.", "Add it there, or leave it out here."
                )
            self.cared_for.add(condition)
        for name in case.ruled_out:
            condition = self.vocabulary.condition(name)
            if condition in self.known:
                raise BadCase("ruled_out", f"{condition} is also under diagnoses.", "Keep one of the two.")
            self._weigh(condition, exclusion_weighing(self.knowledge, condition), f"{condition} ruled out")

    def results(self, case: Case, context: Context) -> None:
        labels: dict[str, str] = {}
        for name, given in case.results.items():
            test = self.vocabulary.test(name)
            if test in self.values:
                raise BadCase("results", f"{test} is given twice.", "Keep one sample.")
            self.values[test] = read_quantity(self.knowledge.measurements[test], given)
            labels[test] = f"{test} {given}"
        self.readings = read_together(self.knowledge, self.values, age=case.age, sex=case.sex, told=self.state)
        people = context.people(self.network)
        for test, reading in self.readings.items():
            if reading.test != test or reading.value is None:
                self._grade(test, self.values[test], people, None)
            if reading.value is not None:
                self._grade(reading.test, reading.value, people, labels[test])

    def _grade(self, test: str, value: float, people: People, label: str | None) -> None:
        """What a value says about the abnormalities of a test; without a label it is told and weighs nothing."""
        off = self.knowledge.answers.results
        for how in measured(self.knowledge.measurements[test], value, people, 1.0 if off is None else off.value):
            if (node := how.node) in self.state:
                raise BadCase(
                    "results", f"{node} is also under {self.said[node]}, without a value.", "Keep the value only."
                )
            if label is not None:
                self._weigh(node, how.pair if off is None else how, label)
            self.measured[node] = how.pair[1] >= how.pair[0] and how.outside()

    def unmentioned(self, case: Case) -> None:
        """Silence about what is usually mentioned is weak evidence against it.

        What a person was asked for as a list (medicines, diagnoses) counts as left out only where there is a list;
        some medicines are told unasked.
        """
        listed = case.medicines is not None
        for exposure, record in self.knowledge.exposures.items():
            silence = record.silence(listed=listed)
            if silence is not None and exposure not in self.state:
                how = Unmentioned(f"exposures.{exposure}.{silence[0]}", silence[1])
                self._weigh(exposure, how, f"{exposure} not mentioned")
                self.unnamed |= {exposure} if listed and record.kind == "medicine" else set()
        for condition, its in self.knowledge.conditions.items():
            answered = self.network.index[condition] in self.weights
            if its.unmentioned is not None and not answered and case.diagnoses is not None:
                how = Unmentioned(f"conditions.{condition}.unmentioned", its.unmentioned)
                self._weigh(condition, how, f"{condition} not among the diagnoses")
                self.unnamed.add(condition)

    def set_aside(self) -> None:
        """Answers that do not count beside the others keep their place in rules and lose their weight."""
        present = {name for name, state in self.state.items() if state}
        for name in self.state.keys() & self.knowledge.findings.keys():
            if not (record := self.knowledge.findings[name]).counts(present):
                position = self.network.index[name]
                for kept in (self.weights, self.weighed, self.labels):
                    kept.pop(position, None)
                if record.only_with is not None and record.only_with not in present:
                    other = self.knowledge.findings[record.only_with].name.plain
                    self.warnings.append(f'"{record.name.plain}" counts only with "{other}"; it moves nothing here.')

    def _weigh(self, node: str, how: Weighing | Pair, label: str) -> None:
        position = self.network.index[node]
        self.weighed.pop(position, None)
        if isinstance(how, tuple):
            self.weights[position] = how
        else:
            self.weights[position], self.weighed[position] = how.pair, how
        self.labels[position] = label

    def finish(self, case: Case, context: Context) -> Evidence:
        kinds = {n for n, r in self.knowledge.findings.items() if r.kind in ("complaint", "pattern")}
        told = {name for name, state in self.state.items() if state and name in kinds}
        asks = case.complaint or bool(told)
        certain = {n for n in told if self.weights.get(self.network.index[n]) == PRESENT}
        if case.complaint and not certain:
            self._weigh(COMPLAINT, PRESENT, "trouble with the hand")
        self._impossible_here(context.strata, case)
        return Evidence(
            weights=self.weights,
            weighed=self.weighed,
            labels=self.labels,
            strata=context.strata,
            strata_weights=context.shares,
            present=frozenset(n for n, state in (self.state | self.measured).items() if state),
            absent=frozenset(n for n, state in (self.state | self.measured).items() if not state),
            known=frozenset(self.known),
            cared_for=frozenset(self.cared_for),
            unnamed=frozenset(self.unnamed),
            values=self.values,
            readings=self.readings,
            medicine_classes=self.classes,
            asks=asks,
            warnings=(*context.warnings, *self.warnings),
        )

    def _impossible_here(self, strata: npt.NDArray[np.intp], case: Case) -> None:
        """Roots that cannot be present in anybody of this age and sex (a pregnant man)."""
        for position, weights in self.weights.items():
            node = self.network.nodes[position]
            if weights == PRESENT and not node.parents and not node.leak[strata].any():
                who = " and ".join(str(x) for x in (case.sex, case.age) if x is not None)
                raise ImpossibleCase((self.labels[position], f"age and sex {who}"))
