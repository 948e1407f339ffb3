"""Whether the advice that is shown would clearly be another one under each way.

Whose advice is shown hangs on lines: a share of the ranking, and for cautions what counts as likely. Taken to the
letter, nearly every answer changes the advice wherever a condition stands just beside a line: with diabetes at 20.6 %
and a caution from 20 % on, "no" to anything remotely about it rewrites one sentence, so that an effect of 100 % says
nothing, and asking never stops. A probability that moves by less than half of the line is known no better than that,
and counts as unmoved.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from crampnet.inference.engine import Posterior
from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.knowledge.records_general import Caution
from crampnet.network.network import Array, Network
from crampnet.reasoning.advice import EVERYBODY, MOST, SHARE, Advice, advise_about
from crampnet.reasoning.steps.candidates import Way
from crampnet.reasoning.steps.lanes import Beliefs
from crampnet.reasoning.steps.levels import Levels
from crampnet.reasoning.urgency import Urgency

CLEAR = 0.5
"""A probability counts as moved from this part of the line that it is compared with."""

Shown = frozenset[tuple[str, str, str]]
"""Advice as the person sees it: item, status, wording."""


def shown(advice: Iterable[Advice]) -> Shown:
    """The set of advice that is shown; what is withheld is not."""
    return frozenset((line.item.id, line.status, line.plain) for line in advice if line.status != "withheld")


def advice_changes(
    knowledge: Knowledge,
    network: Network,
    evidence: Evidence,
    posterior: Posterior,
    urgency: Urgency,
    advice: Iterable[Advice],
    ways: Sequence[Way],
    beliefs: Beliefs,
    levels: Levels,
) -> npt.NDArray[np.bool_]:
    """Whether the set of shown advice clearly differs from today's, shape (ways,).

    The advice then is that of the level and the answers then, and of beliefs of which only clear moves count: those of
    the ranking from CLEAR x SHARE on, P(present) from CLEAR x the lowest line that a caution draws for the condition.
    Where none of these differs from today's, the advice does not either, and is not worked out.
    """
    today = shown(advice)
    share, present, still = _moved(knowledge, network, evidence, posterior, beliefs)
    still &= levels.level == knowledge.losses.levels.index(urgency.level)
    triggers = _triggers(knowledge)
    still &= np.array([triggers.isdisjoint(way.present) for way in ways])
    beliefs = replace(beliefs, present=present)
    order = np.argsort(-share, axis=1, kind="stable")[:, :MOST]
    leads = np.take_along_axis(share, order, axis=1) >= SHARE
    leads[:, :1] = True
    leading = [network.conditions[c] for c in np.unique(order[leads])]
    items = {about: _Items(about, knowledge, network, beliefs) for about in (*leading, EVERYBODY)}
    changes = np.zeros(len(ways), dtype=bool)
    for row in np.flatnonzero((beliefs.chance > 0.0) & (levels.level >= 0) & ~still).tolist():
        way = _Answered(network, evidence, posterior, urgency, ways[row], beliefs, row)
        level = knowledge.losses.levels[levels.level[row]]
        about_whom = (*(network.conditions[c] for c in order[row][leads[row]]), EVERYBODY)
        changes[row] = today != frozenset().union(*(items[about].under(way, level) for about in about_whom))
    return changes


def clearly(then: Array, now: Array, line: Array | float) -> Array:
    """Probabilities then, (ways, conditions), where they have clearly moved from those of now, else those of now.

    P' = then where |then - now| >= CLEAR x line, else now; now, line: shape (conditions,), or one line for all.
    """
    return np.where(np.abs(then - now) >= CLEAR * line, then, now)


def _moved(
    knowledge: Knowledge, network: Network, evidence: Evidence, posterior: Posterior, beliefs: Beliefs
) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """What conditions are ranked by, and P(present), under each way; what has not clearly moved as it is today.

    And whether nothing of either has moved, shape (ways,).
    """
    present, contributes = (
        np.array([now[name] for name in network.conditions]) for now in (posterior.present, posterior.contributes)
    )
    ranked = (beliefs.contributes, contributes) if evidence.asks else (beliefs.present, present)
    share, likely = clearly(*ranked, SHARE), clearly(beliefs.present, present, _lines(knowledge, network))
    return share, likely, np.all(share == ranked[1], axis=1) & np.all(likely == present, axis=1)


def _lines(knowledge: Knowledge, network: Network) -> Array:
    """The lowest probability from which a caution counts each condition as likely; 0 where none does."""
    lowest: dict[str, float] = {}
    for caution in _cautions(knowledge):
        lowest.update({name: min(caution.likely, lowest.get(name, 1.0)) for name in caution.when})
    return np.array([lowest.get(name, 0.0) for name in network.conditions])


def _triggers(knowledge: Knowledge) -> frozenset[str]:
    """Everything that a caution names."""
    return frozenset(name for caution in _cautions(knowledge) for name in caution.when)


def _cautions(knowledge: Knowledge) -> Iterator[Caution]:
    return (caution for items in knowledge.advice.values() for item in items for caution in item.cautions)


@dataclass(frozen=True)
class _Answered:
    """The case as it stands in one way."""

    network: Network
    evidence: Evidence
    posterior: Posterior
    urgency: Urgency
    way: Way
    beliefs: Beliefs
    row: int

    def inputs(self, level: str) -> tuple[Evidence, Posterior, Urgency]:
        """What advice is given from."""
        names = self.network.conditions
        present = dict(zip(names, self.beliefs.present[self.row].tolist(), strict=True))
        contributes = dict(zip(names, self.beliefs.contributes[self.row].tolist(), strict=True))
        return (
            replace(
                self.evidence,
                present=self.evidence.present | self.way.present,
                absent=self.evidence.absent | self.way.absent,
            ),
            replace(self.posterior, present=present, contributes=contributes),
            replace(self.urgency, level=level),
        )


class _Items:
    """The advice about one condition, worked out once for each combination of what it hangs on.

    That is the level, answered triggers of its cautions, and which of the conditions that they name are likely.
    """

    def __init__(self, about: str, knowledge: Knowledge, network: Network, beliefs: Beliefs) -> None:
        self.about, self.knowledge = about, knowledge
        self.seen: dict[Hashable, Shown] = {}
        place = {condition: i for i, condition in enumerate(network.conditions)}
        cautions = [c for item in knowledge.advice.get(about, ()) for c in item.cautions]
        named = {(name, caution.likely) for caution in cautions for name in caution.when}
        self.triggers = frozenset(name for name, _ in named if name not in place)
        limits = [(place[name], likely) for name, likely in named if name in place]
        columns = np.array([column for column, _ in limits], dtype=np.intp)
        self.likely = beliefs.present[:, columns] >= np.array([likely for _, likely in limits])

    def under(self, answered: _Answered, level: str) -> Shown:
        """What is shown of it."""
        key = (level, self.likely[answered.row].tobytes(), answered.way.present & self.triggers)
        if key not in self.seen:
            evidence, posterior, urgency = answered.inputs(level)
            self.seen[key] = shown(advise_about(self.about, self.knowledge, evidence, posterior, urgency))
        return self.seen[key]
