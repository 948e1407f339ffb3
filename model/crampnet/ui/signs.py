"""Which warning signs to ask: the fewest that settle every red flag, and more only where an answer calls for it.

A rule that needs several things at once is settled by one "no". So of what it needs together (all_of) only the first
question is asked, the next once that is answered yes, and its alternatives (any_of) once all of these are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from crampnet.knowledge.records_general import RedFlag
from crampnet.ui.catalog import Catalog, Question
from crampnet.ui.text import words

TOLD_ELSEWHERE = ("complaint", "pattern")
"""Kinds that another step asks; they open a rule only when it holds nothing else."""
YES = ("present", "probably_present")
NO = ("absent", "probably_absent")


class WarningSigns:
    """The questions behind the red flags of one body of knowledge."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.flags = catalog.knowledge.red_flags
        self._asked = _askable(catalog)
        self._alone = {name for flag in self.flags if not flag.all_of for name in flag.any_of}
        self._together = {flag.id: self._order(flag) for flag in self.flags}
        self._either = {flag.id: [name for name in flag.any_of if name in self._asked] for flag in self.flags}

    def levels(self) -> Sequence[str]:
        """Levels that have a question, the gravest first."""
        given = {flag.level for flag in self.flags}
        return [level for level in words("warning.levels") if level in given]

    def shown(self, level: str, answers: Mapping[str, str]) -> Sequence[Question]:
        """The questions of a level to show: those still needed, and those answered on the way."""
        flags = (flag for flag in self.flags if flag.level == level)
        names = dict.fromkeys(name for flag in flags for name in self._path(flag, answers))
        return [self.catalog.questions[name] for name in names]

    def open(self, levels: Collection[str], answers: Mapping[str, str]) -> Sequence[str]:
        """Ids of the questions of some levels that still wait for an answer."""
        questions = (question for level in levels for question in self.shown(level, answers))
        return list(dict.fromkeys(q.id for q in questions if answers.get(q.id) not in (*YES, *NO)))

    def _path(self, flag: RedFlag, answers: Mapping[str, str]) -> Iterator[str]:
        settled = _excluded(flag, answers)
        for name in self._together[flag.id]:
            if not settled or name in answers:
                yield name
            if answers.get(name) not in YES:
                return
        yield from (name for name in self._either[flag.id] if not settled or name in answers)

    def _order(self, flag: RedFlag) -> Sequence[str]:
        """What a rule needs together, in the order to ask: first what another rule asks anyway."""
        kinds = self.catalog.knowledge.kinds
        asked = [name for name in flag.all_of if name in self._asked]
        return sorted(asked, key=lambda name: (name not in self._alone, kinds[name] in TOLD_ELSEWHERE))


def _excluded(flag: RedFlag, answers: Mapping[str, str]) -> bool:
    """True when an answer already settles that the rule does not hold."""
    said = [answers.get(name) for name in flag.any_of]
    return (
        any(answers.get(name) in NO for name in flag.all_of)
        or any(answers.get(name) in YES for name in flag.none_of)
        or (bool(said) and all(state in NO for state in said))
    )


def _askable(catalog: Catalog) -> Collection[str]:
    """Ids that a person can answer; signs to be examined and results are not: "none of these" must answer no test."""
    hidden = {*words("topics_elsewhere"), *words("asked_elsewhere")}
    return {
        q.id
        for q in catalog.questions.values()
        if q.replies == "asked" and q.topic not in hidden and q.id not in hidden
    }
