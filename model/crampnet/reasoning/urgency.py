"""How soon somebody should look: red flags and expected harm, the higher of the two, with the trail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from math import exp

import numpy as np
import numpy.typing as npt

from crampnet.errors import CrampnetError, Sign
from crampnet.inference.case import Case
from crampnet.inference.engine import Posterior, probability_without
from crampnet.inference.evidence import Evidence
from crampnet.inference.vocabulary import Vocabulary
from crampnet.knowledge import Knowledge
from crampnet.knowledge.record import Level
from crampnet.knowledge.records_general import Losses, RedFlag
from crampnet.network.network import Array, Network
from crampnet.reasoning.screening import Undecided, holding, questions, said_of, undecided

IMMEDIATE = "emergency"
"""A diagnosis of this level always counts, cared for or not: an emergency is not under control."""


@dataclass(frozen=True)
class Harm:
    """Expected harm.

    probabilities: level -> P(the most urgent condition that is present and not cared for has this level | evidence);
    losses: level acted upon -> expected loss; level: the one with the least loss, ties go up;
    drivers: (condition, P(present | evidence)) of at least that level, largest first.
    """

    probabilities: Mapping[str, float]
    losses: Mapping[str, float]
    level: str
    drivers: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Urgency:
    """The level and how it came about.

    level: the higher of red flags and expected harm; fired: red flags whose rule holds; undecided: red flags above the
    level for which answers that this person can give are still missing, with what they need.
    """

    level: str
    fired: tuple[RedFlag, ...]
    undecided: tuple[Undecided, ...]
    harm: Harm

    @property
    def open(self) -> tuple[RedFlag, ...]:
        """The undecided red flags themselves, gravest first."""
        return tuple(rule.flag for rule in self.undecided)

    @cached_property
    def unanswered(self) -> tuple[str, ...]:
        """The fewest questions that settle them (`screening.questions`), to be asked first.

        Ids of findings and exposures, and "medicines" for all classes.
        """
        return tuple(questions(self.undecided))

    @property
    def provisional(self) -> bool:
        """True while an unanswered red flag could still raise the level."""
        return bool(self.undecided)

    @property
    def by_rule(self) -> bool:
        """True when a red flag alone gives the level."""
        return any(flag.level == self.level for flag in self.fired)


def assess(knowledge: Knowledge, network: Network, evidence: Evidence, posterior: Posterior) -> Urgency:
    """The urgency of a case."""
    levels = knowledge.losses.levels
    harm = expected_harm(knowledge, network, evidence, posterior)
    fired = fired_flags(knowledge, evidence)
    level = max((harm.level, *(flag.level for flag in fired)), key=levels.index)
    return Urgency(level, fired, undecided(knowledge, said_of(knowledge, network, evidence), level), harm)


def expected_harm(knowledge: Knowledge, network: Network, evidence: Evidence, posterior: Posterior) -> Harm:
    """Level with the least expected loss: argmin over levels a of sum over u of P(U = u | e) C[a, u].

    U is the highest level among the conditions that are present and not already known and cared for;
    P(U < L | e) = P(e, all conditions of level >= L absent) / P(e), one exact pass for each L.
    """
    levels = knowledge.losses.levels
    sets = counted(knowledge, network, evidence)
    total = exp(posterior.log_evidence)
    below = np.minimum(1.0, probability_without(network, evidence, sets[1:], posterior.few) / total)
    shares, losses, chosen = expected_losses(knowledge.losses, np.concatenate([[0.0], below])[:, None])
    drivers = sorted(((c, posterior.present[c]) for c in sets[chosen[0]]), key=lambda pair: -pair[1])
    return Harm(
        dict(zip(levels, shares[:, 0].tolist(), strict=True)),
        dict(zip(levels, losses[:, 0].tolist(), strict=True)),
        levels[chosen[0]],
        tuple(drivers[:5]),
    )


def counted(
    knowledge: Knowledge, network: Network, evidence: Evidence, told: Set[str] | None = None
) -> tuple[tuple[str, ...], ...]:
    """For each level the conditions of at least that level that count: not cared for, or immediate all the same.

    told: what counts as told, where that is not what the evidence says.
    """
    levels = knowledge.losses.levels
    of = {c: level_of(knowledge, evidence, c, told) for c in network.conditions}
    count = [c for c in of if c not in evidence.cared_for or of[c] == IMMEDIATE]
    return tuple(tuple(c for c in count if levels.index(of[c]) >= place) for place in range(len(levels)))


def level_of(knowledge: Knowledge, evidence: Evidence, condition: str, told: Set[str] | None = None) -> Level:
    """How soon this person's condition wants care: what is known, or has gone on for long, may have a lower level.

    told: as in `counted`.
    """
    urgency, order = knowledge.conditions[condition].urgency, knowledge.losses.levels
    lower = [urgency.level]
    if urgency.known and condition in evidence.known:
        lower.append(urgency.known.level)
    if urgency.lasting and urgency.lasting.holds(evidence.told if told is None else told):
        lower.append(urgency.lasting.level)
    return min(lower, key=order.index)


def expected_losses(losses: Losses, below: Array) -> tuple[Array, Array, npt.NDArray[np.intp]]:
    """Shares of the levels, expected losses and the level with the least of many cases at once.

    below: P(U < level | e), shape (levels, cases), the first row 0. Returns P(U = level | e) and the expected loss of
    acting on each level, both of shape (levels, cases), and the place of the level to act on, shape (cases,); ties go
    up.
    """
    shares = np.maximum(0.0, np.diff(below, axis=0, append=1.0))
    table = np.array([[losses.table[act][truth] for truth in losses.levels] for act in losses.levels])
    expected = table @ shares
    good = expected <= expected.min(axis=0) + 1e-12
    return shares, expected, len(losses.levels) - 1 - np.argmax(good[::-1], axis=0)


def fired_flags(knowledge: Knowledge, evidence: Evidence) -> tuple[RedFlag, ...]:
    """Red flags whose rule holds."""
    return tuple(holding(knowledge, evidence.told, evidence.absent))


def warning_signs(knowledge: Knowledge, vocabulary: Vocabulary, case: Case) -> tuple[Sign, ...]:
    """Red flags that hold by what a case says, gravest first, for the error that says why it has no answer.

    A name that means nothing, and whatever else is wrong with the case, is passed over.
    """
    told = {
        *_meant(vocabulary.finding, (*case.present, *case.probably_present)),
        *_meant(vocabulary.medicine, case.medicines or ()),
        *_meant(vocabulary.condition, case.diagnoses or ()),
    }
    told |= {name for one in told & knowledge.exposures.keys() for name in knowledge.exposures[one].implies}
    absent = frozenset(_meant(vocabulary.finding, (*case.absent, *case.probably_absent)))
    order = knowledge.losses.levels
    gravest_first = sorted(holding(knowledge, frozenset(told), absent), key=lambda flag: -order.index(flag.level))
    return tuple(Sign(flag.level, flag.plain, flag.clinical) for flag in gravest_first)


def _meant(read: Callable[[str], str], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        with suppress(CrampnetError):
            yield read(name)
