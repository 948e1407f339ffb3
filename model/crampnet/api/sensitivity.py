"""What an answer hangs on, in the library's words; the functions themselves are in `crampnet.reasoning.sensitivity`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import pandas as pd

from crampnet.reasoning import sensitivity as found

if TYPE_CHECKING:
    from crampnet.api.answer import Answer

Result = Literal["leader", "level"]


@dataclass(frozen=True)
class Sensitivity:
    """Sensitivity of one answer. Figures go by their dotted path, such as `conditions.als.troubles_hand`.

    A row is named by its condition, the first row by default; it is what the ranking goes by.
    """

    answer: Answer

    @cached_property
    def setup(self) -> found.Setup:
        """The case and its model, for the functions of `crampnet.reasoning.sensitivity`."""
        return found.Setup(self.answer.knowledge, self.answer.network, self.answer.evidence)

    @cached_property
    def survey(self) -> found.Survey:
        """The slopes of every row by every figure that can matter."""
        return found.survey(self.setup)

    def row(self, condition: str | None = None) -> found.Row:
        """A row by the name of its condition. Raises UnknownName with the nearest names."""
        if condition is None:
            return self.setup.leader
        return found.Row(self.answer.model.vocabulary.condition(condition), self.setup.leader.quantity)

    def tornado(self, condition: str | None = None, *, most: int = 15) -> pd.DataFrame:
        """The figures that move a row most over their 90 % intervals, largest swing first."""
        return found.tornado(self.survey, self.row(condition), most=most)

    def function(self, path: str, condition: str | None = None) -> found.SensitivityFunction:
        """A row as a function of one figure. Raises UnknownName for a path or a condition that does not exist."""
        return found.sensitivity_function(self.setup, path, self.row(condition))

    def two_way(self, first: str, second: str, condition: str | None = None) -> found.TwoWay:
        """The map of a row over the 90 % intervals of two figures. Raises as `function`."""
        return found.two_way(self.setup, first, second, self.row(condition))

    def sources(self, condition: str | None = None) -> found.SourceShares:
        """The sources that a row hangs on. Raises BadValue for a row that is certain."""
        return found.source_shares(self.survey, self.row(condition))

    def smallest_changes(self, result: Result = "leader") -> pd.DataFrame:
        """For each figure the smallest change that alone brings another first row, or another level of urgency."""
        turn = found.AnotherLeader if result == "leader" else found.AnotherLevel
        return found.smallest_changes(turn(self.setup))

    def settings(self) -> found.Comparison:
        """The same case in every setting."""
        model, case = self.answer.model, self.answer.case
        networks = {setting: model.network(setting) for setting in model.knowledge.settings}
        return found.compare_settings(model.knowledge, model.vocabulary, networks, case)

    def structures(self) -> found.Comparison:
        """The case with each syndrome that matters to it merged away, beside the model as it is."""
        return found.compare_structures(self.answer.knowledge, self.answer.network, self.answer.evidence)
