"""The order in which the engine visits conditions, so that few axes stay open at a time.

Any order gives the same posteriors; a good one is what makes them fast. The one for the shipped network is kept in
order.json, written by `crampnet render`; for any other network a shorter search runs when it is first used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random

import numpy as np

from crampnet.inference.plan import make_plan
from crampnet.inference.reduction import ABSENT, PRESENT, Problem, reduce
from crampnet.network.network import COMPLAINT, Network, reason_id

KEPT = Path(__file__).with_name("order.json")
QUICK = (2000, 60)
"""Moves tried on first use: by the spans of the axes, and by the exact size of the tables."""
THOROUGH = (20_000, 4000)
"""The same for the order that is kept."""
SPAN = 0.35
"""What a syndrome waiting for its last cause counts, in axes: it opens an axis only when one of its findings is known."""
SAMPLES = ((4, PRESENT), (5, PRESENT), (6, PRESENT), (12, ABSENT), (18, ABSENT))
"""Pictures that are planned to compare orders exactly: so many syndromes show one finding, or lack one."""


def visiting_order(network: Network) -> tuple[int, ...]:
    """Positions of the conditions to visit one by one, causes first; the others are acted upon as soon as possible."""
    names = _kept(structure_digest(network))
    if names is not None:
        return tuple(network.index[name] for name in names)
    return _searched(_Key(network), QUICK)


def kept_order(network: Network) -> str:
    """The content of order.json for this network, after a thorough search."""
    order = _searched(_Key(network), THOROUGH)
    names = [network.nodes[node].id for node in order]
    return json.dumps({"structure": structure_digest(network), "order": names}, indent=1) + "\n"


def structure_digest(network: Network) -> str:
    """SHA-256 of the graph: ids, kinds and parents, not the numbers."""
    text = "\n".join(f"{n.id} {n.kind} {n.parents}" for n in network.nodes)
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=8)
def _kept(digest: str) -> tuple[str, ...] | None:
    stored = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    return tuple(stored["order"]) if stored.get("structure") == digest else None


class _Key:
    """A network that equals every other with the same graph."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.digest = structure_digest(network)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@lru_cache(maxsize=8)
def _searched(key: _Key, moves: tuple[int, int]) -> tuple[int, ...]:
    search = _Search(key.network)
    order = search.improve(search.start(), moves[0])
    return tuple(_improve_exactly(_samples(key.network), order, moves[1]))


def _samples(network: Network) -> list[Problem]:
    """Pictures to plan: the bare complaint, findings of a few syndromes, and a long list of things that are absent."""
    random = Random(0)  # noqa: S311 - a search, not a secret
    lanes = np.zeros(1, dtype=np.intp)
    targets = frozenset(network.index[n] for c in network.conditions for n in (c, reason_id(c)))
    shown = [
        [i for i, n in enumerate(network.nodes) if n.kind == "finding" and place in n.parents]
        for place, node in enumerate(network.nodes)
        if node.kind == "syndrome"
    ]
    complaint = {network.index[COMPLAINT]: PRESENT} if COMPLAINT in network.index else {}
    pictures = [complaint]
    for count, weight in SAMPLES:
        few = random.sample(shown, min(count, len(shown)))
        pictures.append({**complaint, **{random.choice(f): weight for f in few if f}})
    return [reduce(network, picture, targets, lanes) for picture in pictures]


def _improve_exactly(samples: Sequence[Problem], order: list[int], moves: int) -> list[int]:
    """Moves of one condition, in or out of the visits, kept when the planned tables do not grow."""

    def cost(trial: Sequence[int]) -> float:
        return sum(np.log2(make_plan(problem, trial).cells) for problem in samples)

    random = Random(0)  # noqa: S311
    best = [n for n in order if len(samples[0].parents.get(n, ())) < 5]
    least = cost(best)
    for _ in range(moves if len(best) > 2 else 0):
        trial = best.copy()
        start = random.randrange(len(trial))
        moved = trial.pop(start)
        kind = random.random()
        if kind > 0.15:
            near = min(len(trial), max(0, start + random.randint(-20, 20)))
            trial.insert(near, moved)
        left = [n for n in order if n not in trial and n != moved]
        if kind > 0.85 and left:
            trial.insert(random.randrange(len(trial) + 1), random.choice(left))
        found = cost(trial)
        if found <= least:
            best, least = trial, found
    return best


class _Search:
    def __init__(self, network: Network) -> None:
        nodes = network.nodes
        self.conditions = [i for i, n in enumerate(nodes) if n.kind == "condition"]
        self.parents = {c: nodes[c].parents for c in self.conditions}
        known = set(self.conditions)
        self.causes = {c: [p for p in self.parents[c] if p in known] for c in self.conditions}
        self.spans = [*_groups(self.parents, known), *_syndromes(network, known)]

    def start(self) -> list[int]:
        """The better of the two directions along the Laplacian's second eigenvector, causes moved first."""
        nodes = sorted({*self.conditions, *(p for ps in self.parents.values() for p in ps)})
        place = {n: i for i, n in enumerate(nodes)}
        laplacian = np.zeros((len(nodes), len(nodes)))
        for child, parents in self.parents.items():
            for parent in parents:
                i, j = place[child], place[parent]
                laplacian[i, j] -= 1.0
                laplacian[j, i] -= 1.0
        laplacian -= np.diag(laplacian.sum(axis=1))
        orders = []
        for part in _components(laplacian):
            inside = laplacian[np.ix_(part, part)]
            line = np.linalg.eigh(inside)[1][:, min(1, len(part) - 1)]
            orders.append([nodes[part[i]] for i in np.argsort(line, kind="stable")])
        flat = [n for order in sorted(orders, key=len, reverse=True) for n in order if n in self.causes]
        return min((self.causes_first(flat), self.causes_first(flat[::-1])), key=self.cost)

    def causes_first(self, order: Sequence[int]) -> list[int]:
        """The order with each condition behind its causes, otherwise as it was."""
        out: dict[int, None] = {}

        def put(node: int) -> None:
            if node not in out:
                for cause in self.causes[node]:
                    put(cause)
                out[node] = None

        for node in order:
            put(node)
        return list(out)

    def improve(self, order: list[int], moves: int) -> list[int]:
        """Random moves of one condition, kept when they do not cost more."""
        random = Random(0)  # noqa: S311 - a search, not a secret
        best, cost = order, self.cost(order)
        for _ in range(moves if len(order) > 2 else 0):
            start = random.randrange(len(best))
            end = min(len(best) - 1, max(0, start + random.randint(-15, 15)))
            trial = best.copy()
            trial.insert(end, trial.pop(start))
            if self._valid(trial, min(start, end), max(start, end)):
                found = self.cost(trial)
                if found <= cost:
                    best, cost = trial, found
        return best

    def _valid(self, order: Sequence[int], first: int, last: int) -> bool:
        place = {n: i for i, n in enumerate(order)}
        return all(
            place[c] < place[n]
            for n in self.conditions
            for c in self.causes[n]
            if first <= place[n] <= last or first <= place[c] <= last
        )

    def cost(self, order: Sequence[int]) -> float:
        """Sum over the visits of 2**(axes open)."""
        place = {n: i for i, n in enumerate(order)}
        change = [0.0] * (len(order) + 1)
        for members, weight in self.spans:
            places = [place[m] for m in members]
            change[min(places)] += weight
            change[max(places) + 1] -= weight
        total = height = 0.0
        for step in change[:-1]:
            height += step
            total += 2.0**height
        return total


def _groups(parents: Mapping[int, Sequence[int]], known: set[int]) -> list[tuple[list[int], float]]:
    """Spans of the axes among exposures and conditions: a root from its first child to its last, a condition from itself."""
    children: dict[int, list[int]] = {}
    for child, its in parents.items():
        for parent in its:
            children.setdefault(parent, []).append(child)
    spans = [([*([n] if n in known else []), *found], 1.0) for n, found in children.items()]
    return [span for span in spans if len(span[0]) > 1]


def _syndromes(network: Network, known: set[int]) -> list[tuple[list[int], float]]:
    """Spans of the syndromes, from the first condition that can bring them about to the last."""
    spans = []
    for node in network.nodes:
        if node.kind == "syndrome":
            roots = {p if p in known else network.nodes[p].parents[0] for p in node.parents}
            if len(roots) > 1:
                spans.append((sorted(roots), SPAN))
    return spans


def _components(laplacian: np.ndarray) -> list[list[int]]:
    """Connected parts as lists of row numbers."""
    left, parts = set(range(len(laplacian))), []
    while left:
        part: set[int] = set()
        stack = [min(left)]
        while stack:
            row = stack.pop()
            if row not in part:
                part.add(row)
                stack.extend(int(c) for c in np.nonzero(laplacian[row])[0] if c not in part)
        parts.append(sorted(part))
        left -= part
    return parts
