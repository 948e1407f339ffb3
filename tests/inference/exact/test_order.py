"""Elimination orders: each node once, and no wider than a plain search finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.inference.exact.order import Words, join, members, min_degree, min_fill

Graph = dict[int, set[int]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Edges among up to 70 nodes (more than one word of bits)."""
    count = draw(st.sampled_from([1, 5, 9, 12, 70]))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    density = draw(st.sampled_from([0.0, 0.2, 0.4, 0.7])) * min(1.0, 12 / count)
    graph: Graph = {node: set() for node in range(count)}
    for one in graph:
        for other in graph:
            if one < other and rng.random() < density:
                graph[one].add(other)
                graph[other].add(one)
    return graph


def has(near: Words, one: int, other: int) -> bool:
    """Whether there is an edge."""
    return bool((near[one, other >> 6] >> np.uint64(other & 63)) & np.uint64(1))


def as_words(graph: Graph) -> Words:
    near = np.zeros((len(graph), (len(graph) + 63) // 64), np.uint64)
    for one, others in graph.items():
        for other in others:
            join(near, one, other)
    return near


def bags(graph: Graph, order: list[int]) -> dict[int, set[int]]:
    """Neighbours that each node has when it leaves."""
    near = {node: set(others) for node, others in graph.items()}
    found = {}
    for node in order:
        found[node] = around = near.pop(node)
        for other in around:
            near[other] = (near[other] | around) - {node, other}
    return found


def plain_min_fill(graph: Graph) -> list[int]:
    """The same rule written plainly: fewest missing edges, then fewest neighbours, then the lowest number."""
    near = {node: set(others) for node, others in graph.items()}
    order = []
    while near:
        node = min(near, key=lambda n: (sum(len(near[n] - near[a]) - 1 for a in near[n]), len(near[n]), n))
        around = near.pop(node)
        for other in around:
            near[other] = (near[other] | around) - {node, other}
        order.append(node)
    return order


@given(graphs())
def test_bits_hold_the_graph(graph: Graph) -> None:
    near, room = as_words(graph), np.empty(len(graph), np.int64)
    for node, others in graph.items():
        assert room[: members(near, node, room)].tolist() == sorted(others)
        assert [other for other in range(len(graph)) if has(near, node, other)] == sorted(others)


@settings(max_examples=150)
@given(graphs())
def test_min_fill_makes_the_tables_of_the_plain_rule(graph: Graph) -> None:
    order = min_fill(as_words(graph), 0).tolist()
    assert sorted(order) == sorted(graph)
    assert bags(graph, order) == bags(graph, plain_min_fill(graph))


@settings(max_examples=150)
@given(graphs())
def test_min_degree_always_takes_one_with_the_fewest_neighbours(graph: Graph) -> None:
    """Those with one neighbour at most come at once; of the others one whose neighbours need the fewest edges."""
    order = min_degree(as_words(graph)).tolist()
    assert sorted(order) == sorted(graph)
    found = bags(graph, order)
    sizes = sorted(len(bag) for bag in found.values())
    assert sizes == sorted(len(bag) for bag in bags(graph, plain_min_degree(graph)).values()) or len(graph) > 12
    assert max(sizes, default=0) <= max((len(bag) for bag in bags(graph, sorted(graph)).values()), default=0)


def plain_min_degree(graph: Graph) -> list[int]:
    near = {node: set(others) for node, others in graph.items()}
    order = []
    while near:
        node = min(near, key=lambda n: (len(near[n]), sum(len(near[n] - near[a]) - 1 for a in near[n]), n))
        around = near.pop(node)
        for other in around:
            near[other] = (near[other] | around) - {node, other}
        order.append(node)
    return order


@settings(max_examples=80)
@given(graphs(), st.integers(1, 1000))
def test_a_shaken_order_takes_every_node_once_and_is_always_the_same(graph: Graph, seed: int) -> None:
    order, again = (min_fill(as_words(graph), seed).tolist() for _ in range(2))
    assert sorted(order) == sorted(graph)
    assert order == again


@settings(max_examples=80)
@given(graphs())
def test_branch_by_branch_the_largest_first(graph: Graph) -> None:
    """Every node's part of the tree is a run of the order that ends with the node."""
    order = min_fill(as_words(graph), 0).tolist()
    found = bags(graph, order)
    above = {node: min(around, key=order.index) if around else None for node, around in found.items()}
    cells: dict[int | None, list[float]] = {}
    for place, node in enumerate(order):
        below = {node}
        for other in reversed(order[:place]):
            if above[other] in below:
                below.add(other)
        assert set(order[place - len(below) + 1 : place + 1]) == below
        cells.setdefault(above[node], []).append(sum(2.0 ** len(found[other]) for other in below))
    for parts in cells.values():
        assert parts == sorted(parts, reverse=True)
