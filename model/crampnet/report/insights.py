"""The parts of a report that take longer than the answer itself, as plain values with names: how sure, why, what next.

Each part is None where it was not asked for. Log-odds are natural; None stands for one that is not finite.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Name:
    """What something is called."""

    id: str
    plain: str
    clinical: str


@dataclass(frozen=True)
class Said:
    """One answer: what it is about, kind and state of it, and a measured value with its unit."""

    about: Name
    kind: str
    state: str
    value: str = ""


@dataclass(frozen=True)
class Interval:
    """5 % and 95 % quantile, over plausible sets of numbers, of what the rows are ranked by."""

    low: float
    high: float


@dataclass(frozen=True)
class Sureness:
    """How firm the answer is when every number behind it moves within its own uncertainty.

    draws: how many plausible sets of numbers; intervals: condition -> interval; first: share of the sets in which
    today's first row comes first; leads: the same for every condition that ever does, largest first; level: share
    in which today's level of urgency stays; levels: level -> share; impossible: share that rules the answers out.
    """

    draws: int
    intervals: dict[str, Interval]
    first: float
    leads: dict[str, float]
    level: float
    levels: dict[str, float]
    impossible: float


@dataclass(frozen=True)
class Weight:
    """The weight of one answer, in natural log-odds; settles: it alone makes the condition certain or impossible."""

    answer: Said
    weight: float | None
    settles: bool


@dataclass(frozen=True)
class Expected:
    """A finding with P(it | the condition acts), P(it | the condition is not there), and the part due to the former."""

    finding: Name
    expected: float
    otherwise: float
    share: float


@dataclass(frozen=True)
class Reasons:
    """What speaks for and against the first row: start + sum of the weights = end, in log-odds.

    explained, unexplained: findings that are there, by whether the condition accounts for them; missing: typical of
    it, and answered no; unasked: typical of it, and not answered.
    """

    condition: Name
    start: float | None
    end: float | None
    weights: tuple[Weight, ...]
    explained: tuple[Expected, ...]
    unexplained: tuple[Expected, ...]
    missing: tuple[Expected, ...]
    unasked: tuple[Expected, ...]


@dataclass(frozen=True)
class Decider:
    """A finding not asked yet that would part two conditions, with the shift of their log-odds by either answer."""

    finding: Name
    probability: float
    if_present: float
    if_absent: float


@dataclass(frozen=True)
class Comparison:
    """Why one condition and not another: start + sum of the weights = end, each the log-odds of one less the other."""

    one: Name
    other: Name
    start: float | None
    end: float | None
    weights: tuple[Weight, ...]
    deciders: tuple[Decider, ...]


@dataclass(frozen=True)
class Fitting:
    """How well the answers fit together.

    value: sum of ln P(answer) less ln P(all answers), above 0 they fit worse than unrelated ones would; least: the
    answer that fits least; alone, given_rest: its probability by itself, and given all other answers; condition: the
    first row; tail: share of people in whom it acts whose findings are as improbable as these; misfit: hardly any;
    unlisted: P(a disease that has no record is behind it | answers), None without trouble of the hand; unlisted_said:
    so high that it is worth saying; pictures: what it looks like then, with the probability of each.
    """

    value: float
    least: Said | None
    alone: float | None
    given_rest: float | None
    condition: Name
    tail: float | None
    misfit: bool
    unlisted: float | None = None
    unlisted_said: bool = False
    pictures: tuple[tuple[Name, float], ...] = ()


@dataclass(frozen=True)
class Turn:
    """One or two answers changed, each "withdrawn" or "opposite", and what then comes first and how urgent it is."""

    answers: tuple[Said, ...]
    how: tuple[str, ...]
    leader: Name
    share: float
    was: float
    level: str


@dataclass(frozen=True)
class Turning:
    """The smallest changes of answers that bring another first row, and another level; empty where none does."""

    to_leader: tuple[Turn, ...]
    to_level: tuple[Turn, ...]


@dataclass(frozen=True)
class Shifted:
    """A condition whose share an outcome would move."""

    condition: Name
    before: float
    after: float


@dataclass(frozen=True)
class Possible:
    """One outcome of a step: its probability, the level then, and the conditions that it moves most."""

    outcome: Name
    probability: float
    level: str
    level_changes: bool
    advice_changes: bool
    moves: tuple[Shifted, ...]


@dataclass(frozen=True)
class NextStep:
    """One thing to ask, examine or test, or several that are done together.

    level, advice: P(the level, the advice shown, changes); bits: expected change of the ranking; worth: it reaches the
    effect from which on it is worth doing; parts: what is inside, best first;
    exact: the three figures are those of all its parts together, and not of the one that matters most.
    """

    step: Name
    kind: str
    cost: str
    level: float
    advice: float
    bits: float
    worth: bool
    exact: bool
    outcomes: tuple[Possible, ...]
    parts: tuple[Name, ...]


@dataclass(frozen=True)
class Stopping:
    """Whether asking stops: the warning signs are asked and no *single* question would change level or advice enough.

    reached: so it is; red_flags: warning signs still open; level, advice: the largest effect of a single question;
    beyond: cost tiers in which a single step would still matter.
    """

    reached: bool
    red_flags: tuple[Name, ...]
    level: float
    advice: float
    beyond: tuple[str, ...]


@dataclass(frozen=True)
class SignList:
    """Warning signs to ask as one question, which of them is there or none; level: of a rule that waits for them."""

    level: str
    signs: tuple[Name, ...]


@dataclass(frozen=True)
class Next:
    """What to ask or test next.

    checklists: warning signs that come before everything else; steps: the best of each cost tier apart from them;
    bundles: the tests of one sample together; stop: whether asking stops; left_out: what was too expensive to weigh.
    """

    question: Name | None
    checklists: tuple[SignList, ...]
    steps: tuple[NextStep, ...]
    bundles: tuple[NextStep, ...]
    stop: Stopping
    left_out: tuple[Name, ...] = ()


@dataclass(frozen=True)
class Insights:
    """How sure the answer is, why it is so, what would turn it, and what to do next."""

    reasons: Reasons | None = None
    comparison: Comparison | None = None
    fitting: Fitting | None = None
    turning: Turning | None = None
    sureness: Sureness | None = None
    next: Next | None = None
