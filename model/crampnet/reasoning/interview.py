"""The interview on a case whose answers are known: how many questions it takes, against asking everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from crampnet.inference.case import Case
from crampnet.inference.engine import Posterior, posterior
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.inference.vocabulary import Vocabulary
from crampnet.knowledge import Knowledge
from crampnet.network.network import Network
from crampnet.reasoning.advice import advise, leaders
from crampnet.reasoning.next_steps import BY_ASKING, NextSteps, next_steps
from crampnet.reasoning.screening import checklists, said_of, undecided
from crampnet.reasoning.steps.candidates import candidates
from crampnet.reasoning.steps.teller import TOLD, UNKNOWN, Teller
from crampnet.reasoning.urgency import Urgency, assess


@dataclass(frozen=True)
class Standing:
    """Where some answers lead: first row of the ranking, its share, level of urgency."""

    leader: str
    share: float
    level: str

    def agrees(self, other: Standing) -> bool:
        """Same first row and same level."""
        return (self.leader, self.level) == (other.leader, other.level)


@dataclass(frozen=True)
class Asked:
    """One question, which is one thing or a checklist of warning signs.

    signs: ids of what it asks; answer: key of the case, "unknown", or "told" where the list of medicines or anything
    of a checklist was told; red_flag: a red flag waited for it; standing: where it leads.
    """

    signs: tuple[str, ...]
    answer: str
    red_flag: bool
    standing: Standing


@dataclass(frozen=True)
class Interview:
    """An interview to its stop.

    start: before the first question; asked: the questions in order, a checklist being one; everything: after every
    question there is; full: with what was examined and measured as well; questions: how many single things there are to
    ask, all medicines being one.
    """

    start: Standing
    asked: tuple[Asked, ...]
    everything: Standing
    full: Standing
    questions: int

    @property
    def course(self) -> tuple[Standing, ...]:
        """Where it stood before the first question and after each."""
        return (self.start, *(asked.standing for asked in self.asked))

    @property
    def answered(self) -> int:
        """How many of the asked questions the case knew the answer to."""
        return sum(asked.answer != UNKNOWN for asked in self.asked)

    @property
    def signs(self) -> int:
        """How many single things the questions held."""
        return sum(len(asked.signs) for asked in self.asked)

    def settled(self, goal: Standing) -> int | None:
        """Number of questions after which it agrees with a goal to the end; None if it does not at its stop."""
        other = [place for place, standing in enumerate(self.course) if not standing.agrees(goal)]
        first = other[-1] + 1 if other else 0
        return None if first == len(self.course) else first


def interview(knowledge: Knowledge, vocabulary: Vocabulary, network: Network, case: Case) -> Interview:
    """Ask the best question that a person can answer, one at a time, answered from the case, until the stop.

    It starts from age, sex, setting, complaint kinds, and known and excluded diagnoses. Red flags come first, as
    checklists. What the case does not mention, on a list as elsewhere, is answered "don't know", which changes nothing
    and is not asked again.
    """
    teller = Teller(knowledge, vocabulary, case)
    given = teller.opening()
    start = turn = _Turn(knowledge, vocabulary, network, teller.case_of(given))
    asked: list[Asked] = []
    skipped: set[str] = set()
    while (question := turn.question(skipped)) is not None:
        signs, red_flag = question
        skipped.update(signs)
        answer, told = _answer(teller, signs)
        if told:
            given = {**given, **told}
            turn = _Turn(knowledge, vocabulary, network, teller.case_of(given))
        asked.append(Asked(signs, answer, red_flag, turn.standing))
    everything = _Turn(knowledge, vocabulary, network, teller.case_of(teller.history()))
    full = _Turn(knowledge, vocabulary, network, case)
    return Interview(start.standing, tuple(asked), everything.standing, full.standing, start.questions)


def _answer(teller: Teller, signs: Sequence[str]) -> tuple[str, dict[str, str]]:
    """What is said to a question, in one word, and what that adds: of a checklist, whatever is known of it."""
    if len(signs) == 1:
        return teller.tell(signs[0])
    told = {name: key for sign in signs for name, key in teller.tell(sign)[1].items()}
    return TOLD if told else UNKNOWN, told


def interviews(
    knowledge: Knowledge, vocabulary: Vocabulary, network: Callable[[str], Network], cases: Mapping[str, Case]
) -> pd.DataFrame:
    """Interview many cases. network: setting -> its network. One row a case, indexed by its name.

    questions: all single things there are; asked: questions to the stop, a checklist being one; signs: single things
    in them; answered, red_flags: of the asked, those that the case knew and those that a red flag waited for; for
    `everything` (all questions) and `full` (with examination and results) the leader, the level, and after how many
    questions both were reached for good (missing: not at the stop).
    """
    rows = {name: _row(interview(knowledge, vocabulary, network(case.setting), case)) for name, case in cases.items()}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("case")
    counts = [column for column in table.columns if column.startswith("settled")]
    return table.astype(dict.fromkeys(counts, "Int64"))


def _row(found: Interview) -> dict[str, object]:
    end = found.course[-1]
    return {
        "questions": found.questions,
        "asked": len(found.asked),
        "signs": found.signs,
        "answered": found.answered,
        "red_flags": sum(asked.red_flag for asked in found.asked),
        "leader": end.leader,
        "level": end.level,
        "leader_everything": found.everything.leader,
        "level_everything": found.everything.level,
        "settled_everything": found.settled(found.everything),
        "leader_full": found.full.leader,
        "level_full": found.full.level,
        "settled_full": found.settled(found.full),
    }


@dataclass(frozen=True)
class _Turn:
    """The answer so far and the questions that follow from it."""

    knowledge: Knowledge
    vocabulary: Vocabulary
    network: Network
    case: Case

    @cached_property
    def evidence(self) -> Evidence:
        return read_evidence(self.knowledge, self.vocabulary, self.network, self.case)

    @cached_property
    def posterior(self) -> Posterior:
        return posterior(self.network, self.evidence)

    @cached_property
    def urgency(self) -> Urgency:
        return assess(self.knowledge, self.network, self.evidence, self.posterior)

    @cached_property
    def standing(self) -> Standing:
        share = self.evidence.ranked(self.posterior)
        leader = leaders(self.evidence, self.posterior)[0]
        return Standing(leader, share[leader], self.urgency.level)

    @cached_property
    def steps(self) -> NextSteps:
        advice = advise(self.knowledge, self.evidence, self.posterior, self.urgency)
        return next_steps(
            self.knowledge, self.network, self.evidence, self.posterior, self.urgency, advice, costs=BY_ASKING
        )

    @property
    def questions(self) -> int:
        """How many single things there are to ask, all medicines being one."""
        offered = [c for c in candidates(self.knowledge, self.network, self.evidence) if c.cost == "answer"]
        return len({candidate.question for candidate in offered})

    def question(self, skipped: set[str]) -> tuple[tuple[str, ...], bool] | None:
        """What the next question asks, and whether a red flag waits for it; None at the stop.

        Steps are weighed only when the red flags are asked. Those asked in vain are passed over: they change nothing.
        """
        said = said_of(self.knowledge, self.network, self.evidence, skipped)
        if lists := checklists(self.knowledge, undecided(self.knowledge, said, self.urgency.level)):
            return lists[0].signs, True
        worth = self.steps.stop.tiers["answer"].worth
        found = next((name for name in worth if name not in skipped), None)
        return None if found is None else ((found,), False)
