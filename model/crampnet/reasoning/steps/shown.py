"""Whether the advice that is shown would be another one under each way."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from crampnet.inference.engine import Posterior
from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.network.network import Network
from crampnet.reasoning.advice import EVERYBODY, MOST, SHARE, Advice, advise_about
from crampnet.reasoning.steps.candidates import Way
from crampnet.reasoning.steps.lanes import Beliefs
from crampnet.reasoning.steps.levels import Levels
from crampnet.reasoning.urgency import Urgency

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
    """Whether the set of shown advice differs from today's, shape (ways,)."""
    today = shown(advice)
    share = beliefs.contributes if evidence.asks else beliefs.present
    order = np.argsort(-share, axis=1, kind="stable")[:, :MOST]
    leads = np.take_along_axis(share, order, axis=1) >= SHARE
    leads[:, :1] = True
    leading = [network.conditions[c] for c in np.unique(order[leads])]
    items = {about: _Items(about, knowledge, network, beliefs) for about in (*leading, EVERYBODY)}
    changes = np.zeros(len(ways), dtype=bool)
    for row in np.flatnonzero(beliefs.chance > 0.0).tolist():
        way = _Answered(network, evidence, posterior, urgency, ways[row], beliefs, row)
        level = knowledge.losses.levels[levels.level[row]]
        about_whom = (*(network.conditions[c] for c in order[row][leads[row]]), EVERYBODY)
        changes[row] = today != frozenset().union(*(items[about].under(way, level) for about in about_whom))
    return changes


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
