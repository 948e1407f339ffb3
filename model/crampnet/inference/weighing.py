"""What one answer weighs, as a function of the stated figures behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from crampnet.inference.runs import ABSENT, PRESENT
from crampnet.knowledge import Knowledge
from crampnet.knowledge.estimate import Number
from crampnet.knowledge.records_nodes import Accuracy
from crampnet.network.network import Array

Pair = tuple[float, float]
"""(weight of absent, weight of present)."""
Values = Mapping[str, Array]
"""Path of a figure -> numbers to use instead of the stated one, shape (draws,)."""


class Weighing(Protocol):
    """Weights of a node that hang on stated figures."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Dotted paths of the figures."""

    @property
    def linear(self) -> bool:
        """Whether both weights are linear in each figure, so that P(answers) is as well."""

    @property
    def pair(self) -> Pair:
        """The weights under the figures as stated."""

    def under(self, values: Values) -> Array:
        """Weights of absent and present under other figures, shape (2, draws); what is not named stays as stated."""


@dataclass(frozen=True)
class Reported:
    """What is reported with a stated accuracy weighs P(report | absent), P(report | present).

    With the sensitivity se and the specificity sp that is (1 - sp, se) for present and (sp, 1 - se) for absent. Less
    surely reported, it weighs the square root of these, scaled so that the likelier state weighs 1 (`model.md`,
    section 6).

    path: of the accuracy; accuracy: as stated; state: True for present, False for absent; sure: False for "probably".
    """

    path: str
    accuracy: Accuracy
    state: bool
    sure: bool = True

    @property
    def paths(self) -> tuple[str, ...]:
        """See `Weighing`: sensitivity and specificity."""
        return f"{self.path}.sensitivity", f"{self.path}.specificity"

    @property
    def linear(self) -> bool:
        """See `Weighing`."""
        return self.sure

    @property
    def pair(self) -> Pair:
        """See `Weighing`."""
        absent, present = self._weights(self.accuracy.sensitivity.value, self.accuracy.specificity.value)
        return float(absent), float(present)

    def under(self, values: Values) -> Array:
        """See `Weighing`."""
        figures = self.accuracy.sensitivity, self.accuracy.specificity
        se, sp = (_number(values, path, figure) for path, figure in zip(self.paths, figures, strict=True))
        return np.stack(np.broadcast_arrays(*self._weights(se, sp)))

    def _weights(self, se: Array | float, sp: Array | float) -> tuple[Array | float, Array | float]:
        absent, present = (1.0 - sp, se) if self.state else (sp, 1.0 - se)
        if self.sure:
            return absent, present
        larger = np.maximum(absent, present)
        return np.sqrt(absent / larger), np.sqrt(present / larger)


@dataclass(frozen=True)
class Unmentioned:
    """Silence about something weighs 1, P(not mentioned | present); nobody mentions what is not there.

    path: of that probability; unmentioned: as stated.
    """

    path: str
    unmentioned: Number

    @property
    def paths(self) -> tuple[str, ...]:
        """See `Weighing`."""
        return (self.path,)

    @property
    def linear(self) -> bool:
        """See `Weighing`."""
        return True

    @property
    def pair(self) -> Pair:
        """See `Weighing`."""
        return 1.0, self.unmentioned.value

    def under(self, values: Values) -> Array:
        """See `Weighing`."""
        silent = _number(values, self.path, self.unmentioned)
        return np.stack([np.ones_like(silent), silent])


def _number(values: Values, path: str, figure: Number) -> Array:
    return values.get(path, np.array([figure.value]))


def answer_weighing(
    knowledge: Knowledge, node: str, state: bool, *, sure: bool = True, examined: bool = False
) -> Weighing | None:
    """How an answer to a finding or exposure weighs; None where it is taken as given. See `answer_weights`."""
    finding = None if examined else knowledge.findings.get(node)
    own = None if finding is None else finding.self_report
    if own is not None:
        return Reported(f"findings.{node}.self_report", own, state, sure)
    return None if sure else Reported("answers.self_report", knowledge.answers.self_report, state, sure)


def answer_weights(knowledge: Knowledge, node: str, state: bool, *, sure: bool = True, examined: bool = False) -> Pair:
    """What one answer says about a finding or exposure, as (weight of absent, weight of present).

    A sure answer to a finding that states its own `self_report` weighs P(answer | absent), P(answer | present). Every
    other sure answer is taken as given: (0, 1) or (1, 0). A probable answer weighs the square root of the likelihoods
    of the finding's own `self_report`, or of the general one where it has none or was examined. See `Reported`.

    Args:
        knowledge: where the reliabilities stand.
        node: id of a finding or exposure.
        state: True for present, False for absent.
        sure: False for "probably".
        examined: a clinician saw or measured it.
    """
    weighing = answer_weighing(knowledge, node, state, sure=sure, examined=examined)
    if weighing is not None:
        return weighing.pair
    return PRESENT if state else ABSENT


def exclusion_weighing(knowledge: Knowledge, condition: str) -> Weighing:
    """How "ruled out" weighs for a condition: by the accuracy of what rules it out, or the general one without it."""
    own = knowledge.conditions[condition].ruled_out
    if own is not None:
        return Reported(f"conditions.{condition}.ruled_out", own, False)
    return Reported("answers.ruled_out", knowledge.answers.ruled_out, False)
