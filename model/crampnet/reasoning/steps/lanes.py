"""Beliefs under every way in which the candidates can turn out, from one batch of changed cases.

With A(S) = P(case, every node of S absent, D) for any event D, an answer with weights (w0, w1) on a node f gives
w1 A({}) + (w0 - w1) A({f}); "present", (0, 1), is A({}) - A({f}). Several nodes multiply out. So cases changed to
"absent" alone, which cost the engine nothing beyond today's case, answer for all ways.

The subtraction loses log10(P(case) / P(case, way)) of the engine's twelve digits or more. Ways rarer than SAFE, where
it could cost more than six, are computed as they stand instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from crampnet.inference.engine import Change
from crampnet.inference.evidence import Evidence
from crampnet.network.network import Array, Lanes
from crampnet.reasoning.answers import ABSENT
from crampnet.reasoning.steps.candidates import Way
from crampnet.reasoning.steps.table import Key, Table

SAFE = 1e-6
"""Rarest P(way | case) that is read off by subtraction."""

Terms = tuple[tuple[float, Change], ...]
"""A way as a sum: factor, changed case."""


@dataclass(frozen=True)
class Beliefs:
    """Beliefs under each way.

    case: P(case); chance: P(way | case), shape (ways,), 0 where it cannot be, NaN where the engine refused it; joint:
    P(case, way and what it implies), shape (ways,); present, contributes: P(condition ... | case, way), shape (ways,
    conditions), NaN where it cannot be; terms: each way as a sum of changed cases.
    """

    case: float
    chance: Array
    joint: Array
    present: Array
    contributes: Array
    terms: tuple[Terms, ...]


def expanded(evidence: Evidence, weights: Change) -> Terms:
    """An answer multiplied out into changed cases in which nodes are absent."""
    terms: list[tuple[float, dict[int, tuple[float, float]]]] = [(1.0, {})]
    for node, (absent, present) in weights.items():
        given = evidence.weights.get(node, (1.0, 1.0))[0]
        without = [((absent - present) * given * factor, {**change, node: ABSENT}) for factor, change in terms]
        terms = [(present * factor, change) for factor, change in terms if present] + without
    return tuple(terms)


def direct(evidence: Evidence, weights: Change) -> Terms:
    """An answer as one changed case, beside what the case says about its nodes already."""
    change = {}
    for node, (absent, present) in weights.items():
        given = evidence.weights.get(node, (1.0, 1.0))
        change[node] = (absent * given[0], present * given[1])
    return ((1.0, change),)


def subtracted(table: Table, ways: Sequence[Way]) -> Beliefs:
    """Beliefs under each way by subtraction; those rarer than SAFE count as ways that cannot be.

    Raises TooExpensive where the engine refuses the case as it is.
    """
    terms = tuple(expanded(table.evidence, way.weights) for way in ways)
    own = tuple(t if w.own == w.weights else expanded(table.evidence, w.own) for w, t in zip(ways, terms, strict=True))
    found = _beliefs(table, terms, own)
    rare = (found.chance < SAFE) | (found.joint < SAFE * found.case)
    found.chance[rare] = 0.0
    found.present[rare] = found.contributes[rare] = np.nan
    return found


def refined(table: Table, ways: Sequence[Way]) -> Beliefs:
    """Beliefs under each way by subtraction, the rare ways computed as they stand. Raises as `subtracted`."""
    found = subtracted(table, ways)
    rare = np.flatnonzero(found.chance == 0.0).tolist()
    if not rare:
        return found
    terms = tuple(direct(table.evidence, ways[way].weights) for way in rare)
    exact = _beliefs(table, terms, tuple(direct(table.evidence, ways[way].own) for way in rare))
    for name in ("chance", "joint", "present", "contributes"):
        getattr(found, name)[rare] = getattr(exact, name)
    replaced = dict(zip(rare, terms, strict=True))
    return replace(found, terms=tuple(replaced.get(way, kept) for way, kept in enumerate(found.terms)))


def _beliefs(table: Table, terms: tuple[Terms, ...], own: tuple[Terms, ...]) -> Beliefs:
    sums = _Sums([((1.0, {}),), *terms, *own])
    rows = table.rows(sums.changes)
    if np.isnan(rows[0, 0]):
        table.refuse()
    width = len(table.network.conditions)
    today, joint, alone = np.split(sums.of(rows), [1, 1 + len(terms)])
    possible = joint[:, :1] > 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(possible, joint[:, 1:] / joint[:, :1], np.nan)
    shares = np.clip(shares, 0.0, 1.0)  # what rounding leaves outside
    chance = np.where(possible[:, 0], np.clip(alone[:, 0] / today[0, 0], 0.0, 1.0), 0.0)
    chance[np.isnan(joint[:, 0]) | np.isnan(alone[:, 0])] = np.nan
    return Beliefs(
        float(today[0, 0]), chance, joint[:, 0].copy(), shares[:, :width].copy(), shares[:, width:].copy(), terms
    )


def below_level(table: Table, beliefs: Beliefs, ways: Lanes, high: Sequence[str]) -> Array:
    """P(none of the conditions `high` is present | case, way) for some of the ways, shape (ways,).

    A forward pass for each changed case. NaN where the engine refuses it.
    """
    sums = _Sums([beliefs.terms[way] for way in ways.tolist()])
    found = table.without(high, sums.changes)
    below: Array = np.clip(sums.of(found[:, None])[:, 0] / beliefs.joint[ways], 0.0, 1.0)
    return below


class _Sums:
    """Sums over changed cases, and these cases, each once."""

    def __init__(self, sums: Sequence[Terms]) -> None:
        self.changes: dict[Key, Change] = {}
        place: dict[Key, int] = {}
        self._row: list[int] = []
        self._factor: list[float] = []
        self._start = np.cumsum([0, *(len(terms) for terms in sums)])[:-1]
        for factor, change in (term for terms in sums for term in terms):
            key = tuple(sorted(change.items())) if len(change) > 1 else tuple(change.items())
            self.changes.setdefault(key, change)
            self._row.append(place.setdefault(key, len(place)))
            self._factor.append(factor)

    def of(self, rows: Array) -> Array:
        """Each sum over the rows of these cases, shape (sums, columns of the rows)."""
        return np.add.reduceat(np.array(self._factor)[:, None] * rows[self._row], self._start, axis=0)
