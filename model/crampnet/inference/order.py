"""Elimination orders: min-fill for a tree of small tables, and a line that keeps one single table narrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

Parents = Mapping[int, tuple[int, ...]]
STARTS = 8
"""So many starting nodes are tried for the line."""


class Orders:
    """Orders of all nodes but the wide ones.

    A node that only passes its one parent on to wide nodes stands right behind that parent in both.
    """

    def __init__(self, variables: Set[int], parents: Parents, wide: frozenset[int]) -> None:
        self.parents = parents
        self.behind: dict[int, list[int]] = {}
        children: dict[int, list[int]] = {n: [] for n in parents}
        for node, its in parents.items():
            for parent in its:
                children[parent].append(node)
        for node, its in parents.items():
            if node in variables and len(its) == 1 and wide.issuperset(children[node]):
                self.behind.setdefault(its[0], []).append(node)
        self.left_out = wide.union(*self.behind.values())

    def tree(self) -> list[int]:
        """Min-fill, branch by branch."""
        return self._whole(min_fill(self.parents, self.left_out))

    def line(self) -> list[int]:
        """The line that keeps few axes open."""
        return self._whole(narrow_line(self.parents, self.left_out))

    def _whole(self, order: Sequence[int]) -> list[int]:
        return [n for node in order for n in (node, *self.behind.get(node, ()))]


def narrow_line(parents: Parents, left_out: frozenset[int]) -> list[int]:
    """Order in which the axes left open by the eliminated nodes stay few: the best of some greedy lines."""
    inside = {n: [p for p in its if p not in left_out] for n, its in parents.items() if n not in left_out}
    children: dict[int, list[int]] = {n: [] for n in inside}
    for node, its in inside.items():
        for parent in its:
            children[parent].append(node)
    by_degree = sorted(inside, key=lambda n: (len(inside[n]) + len(children[n]), n))
    lines = [_Line(inside, children, start) for start in by_degree[:: max(1, len(by_degree) // STARTS)]]
    return min((line.run() for line in lines), key=lambda found: found[0])[1] if lines else []


class _Line:
    """One greedy line. An open node has a contributions axis once a parent is gone, a state axis once a child is."""

    def __init__(self, parents: Mapping[int, Sequence[int]], children: Mapping[int, Sequence[int]], start: int) -> None:
        self.parents, self.children, self.start = parents, children, start
        self.left = set(parents)
        self.axes: dict[int, set[str]] = {}

    def run(self) -> tuple[float, list[int]]:
        """(sum of table sizes, order)."""
        order, cells, node = list[int](), 0.0, self.start
        while True:
            self._eliminate(node)
            order.append(node)
            cells += 2.0 ** sum(map(len, self.axes.values()))
            if not self.left:
                return cells, order
            node = min(self.axes or self.left, key=lambda n: (self._growth(n), n))

    def _eliminate(self, node: int) -> None:
        self.left.discard(node)
        self.axes.pop(node, None)
        for parent in self.parents[node]:
            if parent in self.left:
                self.axes.setdefault(parent, set()).add("state")
        for child in self.children[node]:
            if child in self.left:
                self.axes.setdefault(child, set()).add("contributions")

    def _growth(self, node: int) -> int:
        """Change of the number of open axes."""
        opened = sum(p in self.left and "state" not in self.axes.get(p, ()) for p in self.parents[node])
        opened += sum(c in self.left and "contributions" not in self.axes.get(c, ()) for c in self.children[node])
        return opened - len(self.axes.get(node, ()))


def min_fill(parents: Parents, left_out: frozenset[int]) -> list[int]:
    """Elimination order: next the node whose neighbours need the fewest new edges; of those the one with fewest."""
    near: dict[int, set[int]] = {n: set() for n in parents if n not in left_out}
    for node, its in parents.items():
        for parent in its if node not in left_out else ():
            near[node].add(parent)
            near[parent].add(node)
    order: list[int] = []
    bags: dict[int, set[int]] = {}
    cost = {n: _fill(near, n) for n in near}
    while near:
        node = min(cost, key=lambda n: (*cost[n], n))
        around = bags[node] = near.pop(node)
        del cost[node]
        order.append(node)
        for other in around:
            near[other] |= around
            near[other] -= {node, other}
        for other in around.union(*(near[o] for o in around)) if around else ():
            cost[other] = _fill(near, other)
    return _depth_first(order, bags)


def _depth_first(order: Sequence[int], bags: dict[int, set[int]]) -> list[int]:
    """The same elimination, branch by branch: within each branch the largest part first."""
    place = {n: i for i, n in enumerate(order)}
    weight = {n: float(1 << len(bags[n])) for n in order}
    inside: dict[int, list[int]] = {n: [] for n in order}
    roots: list[int] = []
    for node in order:
        if bags[node]:
            above = min(bags[node], key=place.__getitem__)
            inside[above].append(node)
            weight[above] += weight[node]
        else:
            roots.append(node)
    out: list[int] = []
    stack = [(root, False) for root in sorted(roots, key=weight.__getitem__)]
    while stack:
        node, done = stack.pop()
        if done:
            out.append(node)
        else:
            stack.append((node, True))
            stack.extend((n, False) for n in sorted(inside[node], key=weight.__getitem__))
    return out


def _fill(near: dict[int, set[int]], node: int) -> tuple[int, int]:
    around = near[node]
    missing = sum(len(around) - 1 - len(around & near[other]) for other in around)
    return missing, len(around)
