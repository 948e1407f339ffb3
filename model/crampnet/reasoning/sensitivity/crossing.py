"""Where a result turns along a path through the figures: from lines exactly, or by closing in on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from crampnet.network.network import Array
from crampnet.reasoning.sensitivity.setup import Change
from crampnet.reasoning.sensitivity.turns import Turn

POINTS = 4
"""Points at which each path is first looked at."""
NEAR = 2.0 ** -np.array([4.0, 9.0, 16.0, 24.0])
"""Around the guessed turning point of a stretch, the stretch is looked at within these shares of its width."""
CLOSE = 1e-13
"""Width, as a share of the whole path, at which a turning point counts as found."""
BEYOND = 1e-9
"""Share of the path beyond a turning point at which the new result is read."""


Ray = Callable[[float], Change]
"""A path from the figures as they stand (0) to the end of what they can take (1)."""


@dataclass(frozen=True)
class Crossing:
    """The first place at which the result turns.

    share: how far along the path, 0 to 1; becomes: the result just beyond.
    """

    share: float
    becomes: str


def crossing_of_lines(turn: Turn, start: Array, end: Array) -> Crossing | None:
    """First crossing along a path on which every contrast is linear, from its values at both ends; exact.

    start, end: contrasts at the two ends, shape (contrasts,).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        roots = start / (start - end)
    shares = np.unique(np.append(roots[np.isfinite(roots) & (roots >= 0.0) & (roots < 1.0)], 1.0))
    for place, share in enumerate(shares[:-1]):
        middle = (share + shares[place + 1]) / 2.0
        between = start + middle * (end - start)
        if turn.margin(between[None, :])[0] > 0.0:
            return Crossing(float(share), turn.result(between))
    return None


@dataclass(frozen=True)
class Stretches:
    """A stretch of each path in which the result first turns, each array of shape (paths,).

    low, high: its ends, as shares of the path; below, above: the turn's margin there, at most 0 and above 0. high is
    NaN where the result does not turn.
    """

    low: Array
    high: Array
    below: Array
    above: Array

    def of(self, places: Sequence[int]) -> Stretches:
        """Those of some paths."""
        chosen = list(places)
        return Stretches(self.low[chosen], self.high[chosen], self.below[chosen], self.above[chosen])

    def put(self, places: Sequence[int], others: Stretches) -> Stretches:
        """These, with others in place of those of some paths."""
        pairs = zip(self._arrays, others._arrays, strict=True)
        return Stretches(*(_with(mine, places, theirs) for mine, theirs in pairs))

    @property
    def _arrays(self) -> tuple[Array, ...]:
        return self.low, self.high, self.below, self.above


def first_crossings(turn: Turn, rays: Sequence[Ray]) -> list[Crossing | None]:
    """First crossing along each path, by looking at 4 points of each and closing in, all paths together.

    Exact to 1e-13 of the path; a turn that is taken back between two of the first points is not seen.
    """
    if not rays:
        return []
    stretches = brackets(turn, rays)
    found = np.flatnonzero(~np.isnan(stretches.high)).tolist()
    crossings: list[Crossing | None] = [None] * len(rays)
    for place, crossing in zip(found, closed(turn, [rays[i] for i in found], stretches.of(found)), strict=True):
        crossings[place] = crossing
    return crossings


def brackets(turn: Turn, rays: Sequence[Ray]) -> Stretches:
    """The first of 4 parts of each path at whose end the result has turned."""
    shares = np.arange(POINTS + 1) / POINTS
    margins = turn.margin(turn.contrasts([{}, *(ray(float(share)) for ray in rays for share in shares[1:])]))
    table = np.column_stack([np.full(len(rays), margins[0]), margins[1:].reshape(len(rays), POINTS)])
    return _first(np.broadcast_to(shares, table.shape), table)


def closed(turn: Turn, rays: Sequence[Ray], stretches: Stretches) -> list[Crossing]:
    """The crossings inside stretches in which the result turns, all closed in on together."""
    if not rays:
        return []
    while places := np.flatnonzero(stretches.high - stretches.low > CLOSE).tolist():
        tight = _tightened(turn, [rays[i] for i in places], stretches.of(places))
        stretches = stretches.put(places, tight)
    shares = [float(share) for share in stretches.high]
    beyond = turn.contrasts([ray(min(1.0, share + BEYOND)) for ray, share in zip(rays, shares, strict=True)])
    return [Crossing(share, turn.result(contrasts)) for share, contrasts in zip(shares, beyond, strict=True)]


def _tightened(turn: Turn, rays: Sequence[Ray], stretches: Stretches) -> Stretches:
    """Narrower stretches: looked at in the middle and around where the chord of the margin is 0."""
    low, width = stretches.low[:, None], (stretches.high - stretches.low)[:, None]
    chord = (stretches.below / (stretches.below - stretches.above))[:, None]
    inside = np.hstack([np.full_like(chord, 0.5), chord, chord - NEAR, chord + NEAR])
    points = np.sort(low + width * np.clip(np.nan_to_num(inside, nan=0.5), 0.0, 1.0), axis=1)
    changes = [ray(float(share)) for ray, row in zip(rays, points, strict=True) for share in row]
    margins = turn.margin(turn.contrasts(changes)).reshape(points.shape)
    return _first(
        np.column_stack([stretches.low, points, stretches.high]),
        np.column_stack([stretches.below, margins, stretches.above]),
    )


def _with(values: Array, places: Sequence[int], others: Array) -> Array:
    changed = values.copy()
    changed[list(places)] = others
    return changed


def _first(points: Array, margins: Array) -> Stretches:
    """The first stretch between neighbouring points at whose end the margin is above 0."""
    turned = margins[:, 1:] > 0.0
    first, each = np.argmax(turned, axis=1), np.arange(len(points))
    high = np.where(turned.any(axis=1), points[each, first + 1], np.nan)
    return Stretches(points[each, first], high, margins[each, first], margins[each, first + 1])
