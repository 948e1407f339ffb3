"""One case and its model, and the exact answers that it gets when stated figures are changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from crampnet.errors import UnknownName
from crampnet.inference.engine import columns, evidence_without, posterior
from crampnet.inference.evidence import Evidence
from crampnet.inference.runs import WeightsApart
from crampnet.knowledge import Knowledge
from crampnet.knowledge.nearest import nearest_names
from crampnet.network.ensemble import ensemble
from crampnet.network.network import Array, Lanes, Network
from crampnet.network.parameters import Parameter, answer_parameters, parameters
from crampnet.reasoning.urgency import counted

Quantity = Literal["contributes", "present"]
Change = Mapping[str, float]
"""Path of a figure -> the number to use in place of what is stated."""
Values = Mapping[str, Array]
"""Path of a figure -> the number to use in each draw, shape (draws,)."""

LANES = 1024
"""Most lanes (draws x strata) that are answered at once: bounds the memory."""


@dataclass(frozen=True)
class Row:
    """One row of the answer: P(the condition is a reason | e), or P(it is present | e)."""

    condition: str
    quantity: Quantity = "contributes"


@dataclass(frozen=True)
class Joint:
    """Joint probabilities with the answers, in each draw, the strata averaged.

    evidence: P(e), shape (draws,); contributes, present: P(condition is a reason, e) and P(condition present, e), shape
    (draws, conditions) in the order of network.conditions.
    """

    evidence: Array
    contributes: Array
    present: Array

    def of(self, setup: Setup, row: Row) -> Array:
        """P(row, e), shape (draws,)."""
        table = self.contributes if row.quantity == "contributes" else self.present
        return np.asarray(table[:, setup.place(row)])

    def posterior(self, setup: Setup, row: Row) -> Array:
        """P(row | e), shape (draws,); NaN where the answers cannot be."""
        return ratio(self.of(setup, row), self.evidence)


@dataclass(frozen=True)
class Setup:
    """A case and its model.

    network: that of the case's setting as the knowledge states it; evidence: what the case says, in its terms.
    """

    knowledge: Knowledge
    network: Network
    evidence: Evidence

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Every uncertain figure by its path: those of the setting's network, then those of what answers weigh."""
        found = (*parameters(self.knowledge, self.network.setting), *answer_parameters(self.knowledge))
        return {p.path: p for p in found}

    @cached_property
    def about_answers(self) -> frozenset[str]:
        """Paths of the figures that act through what an answer weighs, and not through the network."""
        return frozenset(p.path for p in answer_parameters(self.knowledge))

    def parameter(self, path: str) -> Parameter:
        """One figure. Raises UnknownName with the nearest paths."""
        if path not in self.parameters:
            raise UnknownName("figure", path, nearest_names(path, self.parameters))
        return self.parameters[path]

    def place(self, row: Row) -> int:
        """Position of a row's condition. Raises UnknownName for a condition that does not exist."""
        if row.condition not in self.network.conditions:
            raise UnknownName("condition", row.condition, nearest_names(row.condition, self.network.conditions))
        return self.network.conditions.index(row.condition)

    @cached_property
    def now(self) -> Joint:
        """The joint probabilities as the knowledge stands. Raises ImpossibleCase naming the answers that clash."""
        found = joint(self, [{}])
        if not found.evidence[0] > 0.0:
            posterior(self.network, self.evidence)
        return found

    @cached_property
    def leader(self) -> Row:
        """The first row of the ranking: by contributes, or by present where the hand gives no trouble."""
        quantity: Quantity = "contributes" if self.evidence.asks else "present"
        table = self.evidence.ranked(self.now)
        return Row(self.network.conditions[int(np.argmax(table[0]))], quantity)


def joint(setup: Setup, changes: Sequence[Change]) -> Joint:
    """The joint probabilities under each of some changes of stated figures, exactly; every derivation is done anew."""
    return _stacked([_joint(setup, values) for values in _blocks(setup, changes)])


def joint_of_draws(setup: Setup, values: Values) -> Joint:
    """The joint probabilities under drawn figures, exactly."""
    draws = len(next(iter(values.values())))
    size = _block(setup)
    parts = ({path: v[i : i + size] for path, v in values.items()} for i in range(0, draws, size))
    return _stacked([_joint(setup, part) for part in parts])


def safety(setup: Setup, changes: Sequence[Change]) -> Array:
    """P(e, no condition that counts has this level or a higher one), and last P(e), shape (draws, levels + 1).

    The first level is 0 by definition: everything has at least that level.
    """
    return np.concatenate([_safety(setup, values) for values in _blocks(setup, changes)])


def ratio(part: Array, whole: Array) -> Array:
    """The quotient, NaN where the whole is 0."""
    shape = np.broadcast(part, whole).shape
    return np.asarray(np.divide(part, whole, out=np.full(shape, np.nan), where=np.broadcast_to(whole, shape) > 0.0))


def _blocks(setup: Setup, changes: Sequence[Change]) -> Iterator[Values]:
    """The changes as draws, a block at a time; a block names only the figures that it changes."""
    size = _block(setup)
    for start in range(0, len(changes), size):
        part = changes[start : start + size]
        paths = dict.fromkeys(path for change in part for path in change) or [next(iter(setup.parameters))]
        stated = {path: setup.parameter(path).value for path in paths}
        yield {path: np.array([change.get(path, stated[path]) for change in part]) for path in paths}


def _block(setup: Setup) -> int:
    return max(1, LANES // len(setup.evidence.strata))


def _joint(setup: Setup, values: Values) -> Joint:
    def answer(network: Network, evidence: Evidence, apart: WeightsApart) -> tuple[Array, ...]:
        found = columns(network, evidence, apart)
        return found.evidence, found.contributes, found.present

    evidence, contributes, present = _answered(setup, values, answer)
    return Joint(evidence, contributes.T, present.T)


def _safety(setup: Setup, values: Values) -> Array:
    sets = [*counted(setup.knowledge, setup.network, setup.evidence)[1:], ()]

    def answer(network: Network, evidence: Evidence, apart: WeightsApart) -> tuple[Array, ...]:
        return (evidence_without(network, evidence, sets, apart),)

    (found,) = _answered(setup, values, answer)
    return np.column_stack([np.zeros(found.shape[1]), found.T])


def _answered(
    setup: Setup, values: Values, answer: Callable[[Network, Evidence, WeightsApart], tuple[Array, ...]]
) -> tuple[Array, ...]:
    """Answers of all draws, strata averaged: the last axis of each array becomes that of the draws."""
    draws = len(next(iter(values.values())))
    strata = setup.evidence.strata
    network, lanes = _network(setup, values, draws)
    apart = {node: np.repeat(pairs, len(strata), axis=1) for node, pairs in setup.evidence.under(values).items()}
    found = answer(network, replace(setup.evidence, strata=lanes), apart)
    shares = setup.evidence.strata_weights
    return tuple(array.reshape(*array.shape[:-1], draws, len(strata)) @ shares for array in found)


def _network(setup: Setup, values: Values, draws: int) -> tuple[Network, Lanes]:
    """The network under drawn figures, and the lanes of its draws; its own strata again where none of it is drawn."""
    strata = setup.evidence.strata
    drawn = {path: numbers for path, numbers in values.items() if path not in setup.about_answers}
    if not drawn:
        return setup.network, np.tile(strata, draws)
    return ensemble(setup.knowledge, setup.network.setting, strata, drawn), np.arange(draws * len(strata))


def _stacked(parts: Sequence[Joint]) -> Joint:
    return Joint(
        np.concatenate([part.evidence for part in parts]),
        np.concatenate([part.contributes for part in parts]),
        np.concatenate([part.present for part in parts]),
    )
