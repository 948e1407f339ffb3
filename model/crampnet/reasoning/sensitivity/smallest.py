"""The smallest change of one figure, or of two, that turns the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import pandas as pd

from crampnet.network.lognormal import LogNormal
from crampnet.network.network import Array
from crampnet.network.parameters import Parameter
from crampnet.reasoning.sensitivity.crossing import Crossing, Ray, brackets, closed, crossing_of_lines, first_crossings
from crampnet.reasoning.sensitivity.entries import Entry, entry, relevant
from crampnet.reasoning.sensitivity.setup import Change
from crampnet.reasoning.sensitivity.turns import Turn

COLUMNS = ["now", "low", "high", "to", "change", "log_odds", "intervals", "becomes", "form"]


def smallest_changes(turn: Turn, paths: Sequence[str] | None = None) -> pd.DataFrame:
    """For each figure the smallest change that alone turns the result, the smallest of all first.

    Exact where the figure enters linearly (the root of a line); else closed in on to rounding. Sizes are compared in
    intervals: 1 is the upper end of the figure's 90 % interval, -1 the lower one.

    paths: the figures; every one that can matter by default.
    Index: path. Columns: now, low, high (the figure and its interval), to (NaN where no number that it can take turns
    the result), change (to - now), log_odds (logit to - logit now; for rates and ratios ln to - ln now), intervals,
    becomes (the result just beyond), form.
    """
    setup = turn.setup
    wanted = relevant(setup) if paths is None else tuple(paths)
    ways = [_Way(setup.parameter(path), entry(setup, path), sign) for path in wanted for sign in (-1, 1)]
    found = dict(zip(ways, _crossings(turn, ways), strict=True))
    rows = []
    for down, up in zip(ways[::2], ways[1::2], strict=True):
        best = min((down, up), key=lambda way: (found[way] is None, _size(way, found[way])))
        rows.append((best.parameter.path, *_described(best, found[best])))
    table = pd.DataFrame(rows, columns=["path", *COLUMNS]).set_index("path")
    return table.iloc[np.argsort(table["intervals"].abs().to_numpy(), kind="stable")]


def turning_points(turn: Turn, path: str) -> tuple[float | None, float | None]:
    """The nearest numbers of a figure below and above its value at which the result turns; None where there is none."""
    ways = [_Way(turn.setup.parameter(path), entry(turn.setup, path), sign) for sign in (-1, 1)]
    below, above = _crossings(turn, ways)
    return None if below is None else below[0], None if above is None else above[0]


@dataclass(frozen=True)
class PairChange:
    """The smallest joint change of two figures.

    paths: the figures; now, to: their numbers; intervals: how far each moves in its own interval (1 the upper end, -1
    the lower); becomes: the result just beyond.
    """

    paths: tuple[str, str]
    now: tuple[float, float]
    to: tuple[float, float]
    intervals: tuple[float, float]
    becomes: str


def smallest_pair(turn: Turn, paths: Sequence[str]) -> PairChange | None:
    """The two of some figures that turn the result with the smallest change, both moved by as many intervals.

    The size is the larger of the two changes in intervals. Where P(e) is linear in each figure, the result first turns
    in a corner of the square of changes up to that size, so the four diagonals hold the smallest; a figure that has
    reached the end of what it can take stays there. None where no pair turns it.

    paths: the figures among which to search, such as the ten most influential.
    """
    setup = turn.setup
    pairs = [
        _Pair((_Way(setup.parameter(a), entry(setup, a), up), _Way(setup.parameter(b), entry(setup, b), other)))
        for a, b in combinations(dict.fromkeys(paths), 2)
        for up, other in product((-1, 1), repeat=2)
    ]
    rays: list[Ray] = [pair.at for pair in pairs]
    found = brackets(turn, rays)
    if np.isnan(found.high).all():
        return None
    nearest = np.nanmin([pair.size(share) for pair, share in zip(pairs, found.high, strict=True)])
    kept = [i for i, pair in enumerate(pairs) if not np.isnan(found.high[i]) and pair.size(found.low[i]) <= nearest]
    crossings = closed(turn, [rays[i] for i in kept], found.of(kept))
    best = min(range(len(kept)), key=lambda i: pairs[kept[i]].size(crossings[i].share))
    return pairs[kept[best]].change(crossings[best])


@dataclass(frozen=True)
class _Way:
    """One figure moved down (-1) or up (1), as far as it can go."""

    parameter: Parameter
    entry: Entry
    sign: int

    @property
    def width(self) -> float:
        """From the value to the end of the interval on that side."""
        low, high = self.parameter.interval
        return high - self.parameter.value if self.sign > 0 else self.parameter.value - low

    @property
    def end(self) -> float:
        """The last number that the figure can take."""
        return self.entry.domain[1] if self.sign > 0 else self.entry.domain[0]

    @property
    def most(self) -> float:
        """Intervals from the value to that end."""
        return max(0.0, self.sign * (self.end - self.parameter.value) / self.width)

    def to(self, intervals: float) -> float:
        """The figure moved by so many intervals, no further than it can."""
        moved = self.parameter.value + self.sign * intervals * self.width
        return min(moved, self.end) if self.sign > 0 else max(moved, self.end)

    def at(self, share: float) -> Change:
        """The change at a share of the way."""
        return {self.parameter.path: self.to(_intervals(self.most, share))}


@dataclass(frozen=True)
class _Pair:
    """Two figures moved together by as many intervals each."""

    ways: tuple[_Way, _Way]

    def size(self, share: float) -> float:
        """Intervals at a share of the way, NaN where there is none."""
        return _intervals(max(way.most for way in self.ways), share)

    def at(self, share: float) -> Change:
        return {way.parameter.path: way.to(self.size(share)) for way in self.ways}

    def change(self, crossing: Crossing) -> PairChange:
        size = self.size(crossing.share)
        first, second = self.ways
        to = first.to(size), second.to(size)
        return PairChange(
            (first.parameter.path, second.parameter.path),
            (first.parameter.value, second.parameter.value),
            to,
            (_moved(first, to[0]), _moved(second, to[1])),
            crossing.becomes,
        )


def _intervals(most: float, share: float) -> float:
    """Intervals at a share of the way: small ones first, (1 + most)^share - 1."""
    return float(np.expm1(share * np.log1p(most)))


def _crossings(turn: Turn, ways: Sequence[_Way]) -> list[tuple[float, str] | None]:
    """(number, result beyond) where each way first turns the result."""
    linear = [way for way in ways if way.entry.form == "hyperbola"]
    others = [way for way in ways if way.entry.form != "hyperbola"]
    found = dict(zip(linear, _roots(turn, linear), strict=True))
    for way, crossing in zip(others, first_crossings(turn, [way.at for way in others]) if others else [], strict=True):
        to = None if crossing is None else way.at(crossing.share)[way.parameter.path]
        found[way] = None if crossing is None or to is None else (to, crossing.becomes)
    return [found[way] for way in ways]


def _roots(turn: Turn, ways: Sequence[_Way]) -> list[tuple[float, str] | None]:
    """The same for figures that enter linearly: one number of each gives the line on both sides of its value."""
    far = {way.parameter: max(way.entry.domain, key=lambda end: abs(end - way.parameter.value)) for way in ways}
    changes: list[Change] = [{}, *({figure.path: number} for figure, number in far.items())]
    start, *there = turn.contrasts(changes)
    slopes = {p: (at - start) / (far[p] - p.value) for p, at in zip(far, there, strict=True)}
    return [_root(turn, way, start, slopes[way.parameter]) for way in ways]


def _root(turn: Turn, way: _Way, start: Array, slope: Array) -> tuple[float, str] | None:
    reach = way.end - way.parameter.value
    crossing = crossing_of_lines(turn, start, start + reach * slope)
    return None if crossing is None else (way.parameter.value + crossing.share * reach, crossing.becomes)


def _moved(way: _Way, to: float) -> float:
    return (to - way.parameter.value) / way.width


def _size(way: _Way, found: tuple[float, str] | None) -> float:
    return np.inf if found is None else abs(_moved(way, found[0]))


def _described(way: _Way, found: tuple[float, str] | None) -> tuple[object, ...]:
    parameter = way.parameter
    stated = (parameter.value, *parameter.interval)
    if found is None:
        return (*stated, np.nan, np.nan, np.nan, np.nan, None, way.entry.form)
    to, becomes = found
    return (*stated, to, to - parameter.value, _log_odds(parameter, to), _moved(way, to), becomes, way.entry.form)


def _log_odds(parameter: Parameter, to: float) -> float:
    """Change of the logit, or of the logarithm of a rate or ratio."""
    with np.errstate(divide="ignore"):
        logs = np.log([to, parameter.value])
        if not isinstance(parameter.distribution, LogNormal):
            logs = logs - np.log1p([-to, -parameter.value])
    return float(logs[0] - logs[1])
