"""What it means that a result turns: another leader, another urgency, a probability reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from crampnet.errors import BadValue
from crampnet.network.network import Array
from crampnet.reasoning.sensitivity.setup import Change, Row, Setup, joint, ratio, safety
from crampnet.reasoning.urgency import expected_losses, fired_flags


class Turn(Protocol):
    """A result that can turn."""

    @property
    def setup(self) -> Setup:
        """The case and its model."""

    def contrasts(self, changes: Sequence[Change]) -> Array:
        """Differences that decide the result, shape (changes, contrasts).

        Each is a sum of joint probabilities, so it is linear in whatever P(e) is linear in, and the result can turn
        only where one of them changes its sign.
        """

    def margin(self, contrasts: Array) -> Array:
        """How far the result has turned, shape (changes,): continuous, above 0 where it is another than now."""

    def result(self, contrasts: Array) -> str:
        """The result under one change, contrasts of shape (contrasts,)."""


@dataclass(frozen=True)
class AnotherLeader:
    """Another condition first: contrasts P(condition, e) - P(leader, e) for every condition."""

    setup: Setup

    def contrasts(self, changes: Sequence[Change]) -> Array:
        """See `Turn`."""
        found = joint(self.setup, changes)
        table = found.contributes if self.setup.leader.quantity == "contributes" else found.present
        return np.asarray(table - found.of(self.setup, self.setup.leader)[:, None])

    def margin(self, contrasts: Array) -> Array:
        """See `Turn`: the largest contrast of another condition."""
        others = np.delete(contrasts, self.setup.place(self.setup.leader), axis=1)
        return np.asarray(others.max(axis=1, initial=-np.inf))

    def result(self, contrasts: Array) -> str:
        """Id of the leader."""
        return self.setup.network.conditions[int(np.argmax(contrasts))]


@dataclass(frozen=True)
class AnotherLevel:
    """Another urgency: red flags stay what they are, so only the level of least expected harm can move it.

    Contrasts: (expected loss of acting on one level - that on another) P(e), for every pair, in the order of the
    levels: pair (a, b) at a * levels + b.
    """

    setup: Setup

    def contrasts(self, changes: Sequence[Change]) -> Array:
        """See `Turn`."""
        losses = self._losses(changes)
        return (losses[:, :, None] - losses[:, None, :]).reshape(len(changes), -1)

    def margin(self, contrasts: Array) -> Array:
        """See `Turn`: the least loss of acting on the level of now less that of acting on another."""
        count = len(self.setup.knowledge.losses.levels)
        losses = contrasts.reshape(-1, count, count)[:, :, 0]
        same = np.maximum(np.arange(count), self._floor) == self.level
        least = (np.where(kept, losses, np.inf).min(axis=1) for kept in (same, ~same))
        return np.asarray(np.subtract(*least))

    def result(self, contrasts: Array) -> str:
        """The level."""
        return self.setup.knowledge.losses.levels[self._level(contrasts)]

    @cached_property
    def level(self) -> int:
        """Place of the level as the knowledge stands."""
        return self._level(self.contrasts([{}])[0])

    def _losses(self, changes: Sequence[Change]) -> Array:
        """Expected loss of acting on each level, times P(e), shape (changes, levels)."""
        found = safety(self.setup, changes)
        total = found[:, -1:]
        _, losses, _ = expected_losses(self.setup.knowledge.losses, np.nan_to_num(ratio(found[:, :-1], total)).T)
        return np.asarray(losses.T * total)

    def _level(self, contrasts: Array) -> int:
        """The level with the least loss (ties go up), or that of the red flags where it is higher."""
        count = len(self.setup.knowledge.losses.levels)
        losses = contrasts.reshape(count, count)[:, 0]
        return max(count - 1 - int(np.argmin(losses[::-1])), self._floor)

    @cached_property
    def _floor(self) -> int:
        """Place of the level below which the red flags let nothing fall."""
        levels = self.setup.knowledge.losses.levels
        flags = fired_flags(self.setup.knowledge, self.setup.evidence)
        return max((levels.index(flag.level) for flag in flags), default=0)


@dataclass(frozen=True)
class Reaches:
    """A row reaches a probability: contrast P(row, e) - p P(e), turned round where the row is above p now.

    Raises BadValue when the probability is not strictly between 0 and 1.
    """

    setup: Setup
    row: Row
    probability: float

    def __post_init__(self) -> None:
        if not 0.0 < self.probability < 1.0:
            raise BadValue("probability", self.probability, "is not between 0 and 1.", "Give one between 0 and 1.")

    def contrasts(self, changes: Sequence[Change]) -> Array:
        """See `Turn`."""
        found = joint(self.setup, changes)
        return self._sign * (found.of(self.setup, self.row) - self.probability * found.evidence)[:, None]

    def margin(self, contrasts: Array) -> Array:
        """See `Turn`."""
        return np.asarray(contrasts[:, 0])

    def result(self, contrasts: Array) -> str:
        """Whether the row is at least at the probability."""
        return "above" if self._sign * contrasts[0] > 0.0 else "below"

    @cached_property
    def _sign(self) -> float:
        now = self.setup.now
        return 1.0 if now.of(self.setup, self.row)[0] <= self.probability * now.evidence[0] else -1.0
