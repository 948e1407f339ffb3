"""A folded case as factors that a Markov network can hold: noisy-ORs taken apart after Diez and Galan.

A noisy-OR x with many parents gets an axis x' and P(x | parents) = sum over x' of D(x, x') times one small table for
each parent, D = [[1, 0], [-1, 1]]. Factors may be negative. The context is one more variable where it is not known.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from benchmarks.peers.folded import Plain
from crampnet.network.network import Array, Node

CONTEXT = "context"
DIRECT = 3
"""A node with at most so many hidden parents keeps its full table."""


@dataclass(frozen=True)
class Factor:
    """A table with one axis for each variable of the scope."""

    scope: tuple[str, ...]
    table: Array


def factors(case: Plain) -> list[Factor]:
    """The factors of P(hidden, observed), those of the same scope multiplied together."""
    found: list[Factor] = []
    strata = case.network.strata_weights
    if len(strata) > 1:
        found.append(Factor((CONTEXT,), strata / strata.max()))
    for node in case.network.nodes:
        found += _node(case, node)
    return _merged(found)


def elimination_order(scopes: Iterable[tuple[str, ...]]) -> list[str]:
    """Min-fill, ties by fewest neighbours, over all variables of the scopes."""
    near: dict[str, set[str]] = {}
    for scope in scopes:
        for name in scope:
            near.setdefault(name, set()).update(scope)
    order = []
    while near:
        best = min(near, key=lambda name: (_fill(near, name), len(near[name]), name))
        others = near.pop(best) - {best}
        for name in others:
            near[name] = (near[name] | others) - {best}
        order.append(best)
    return order


def _fill(near: dict[str, set[str]], name: str) -> int:
    others = near[name] - {name}
    return sum(b not in near[a] for a, b in itertools.combinations(others, 2))


def _node(case: Plain, node: Node) -> list[Factor]:
    """The factors of one node; what is observed is not a variable."""
    silent = 1.0 - node.leak
    hidden: list[tuple[str, Array]] = []
    for parent, link in zip(node.parents, node.links, strict=True):
        name = case.network.nodes[parent].id
        if name not in case.observed:
            hidden.append((name, 1.0 - link))
        elif case.observed[name]:
            silent = silent * (1.0 - link)
    seen = case.observed.get(node.id)
    if seen is False:
        return [_factor((), silent), *(_link((name,), quiet) for name, quiet in hidden)]
    if len(hidden) <= DIRECT:
        return [_direct(node.id, seen, silent, hidden)]
    return _apart(node.id, seen, silent, hidden)


def _direct(name: str, seen: bool | None, silent: Array, hidden: list[tuple[str, Array]]) -> Factor:
    absent = silent
    for _, quiet in reversed(hidden):
        absent = np.stack([absent, absent * quiet])
    scope = tuple(parent for parent, _ in hidden)
    if seen:
        return _factor(scope, 1.0 - absent)
    return _factor((name, *scope), np.stack([absent, 1.0 - absent]))


def _apart(name: str, seen: bool | None, silent: Array, hidden: list[tuple[str, Array]]) -> list[Factor]:
    axis = f"{name}__axis"
    one = np.ones_like(silent)
    if seen:
        found = [_factor((axis,), np.stack([-silent, one]))]
    else:
        found = [
            _factor((name, axis), np.stack([np.stack([one, 0.0 * one]), np.stack([-one, one])])),
            _factor((axis,), np.stack([silent, one])),
        ]
    for parent, quiet in hidden:
        found.append(_factor((parent, axis), np.stack([np.stack([one, one]), np.stack([quiet, one])])))
    return found


def _link(scope: tuple[str, ...], quiet: Array) -> Factor:
    return _factor(scope, np.stack([np.ones_like(quiet), quiet]))


def _factor(scope: tuple[str, ...], table: Array) -> Factor:
    """The last axis of the table is the stratum: dropped where nothing depends on it."""
    if (table == table[..., :1]).all():
        return Factor(scope, table[..., 0])
    return Factor((*scope, CONTEXT), table)


def _merged(found: list[Factor]) -> list[Factor]:
    by_scope: dict[frozenset[str], Factor] = {}
    for factor in found:
        key = frozenset(factor.scope)
        if not key:
            continue
        if key not in by_scope:
            by_scope[key] = factor
            continue
        before = by_scope[key]
        table = factor.table.transpose([factor.scope.index(name) for name in before.scope])
        by_scope[key] = Factor(before.scope, before.table * table)
    return list(by_scope.values())
