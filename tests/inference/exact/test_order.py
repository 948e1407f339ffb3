"""Elimination orders: each node once, and no wider than a plain search finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.inference.exact.order import Words, has, join, members, min_fill, narrow_line

Graph = dict[int, set[int]]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Graph, np.ndarray]:
    """Edges among some of up to 70 nodes (more than one word of bits), and which nodes take part."""
    count = draw(st.sampled_from([1, 5, 9, 70]))
    steered = np.array(draw(st.lists(st.integers(0, 1), min_size=count, max_size=count)), dtype=np.int64)
    nodes = np.flatnonzero(steered).tolist()
    graph: Graph = {node: set() for node in nodes}
    pairs = st.tuples(st.sampled_from(nodes), st.sampled_from(nodes)) if nodes else st.nothing()
    for one, other in draw(st.lists(pairs, max_size=25)) if nodes else []:
        if one != other:
            graph[one].add(other)
            graph[other].add(one)
    return graph, steered


def as_words(graph: Graph, count: int) -> Words:
    near = np.zeros((count, count // 64 + 1), np.uint64)
    for one, others in graph.items():
        for other in others:
            join(near, one, other)
    return near


def width(graph: Graph, order: list[int]) -> int:
    """Largest number of neighbours that a node has when it leaves."""
    near = {node: set(others) for node, others in graph.items()}
    widest = 0
    for node in order:
        around = near.pop(node)
        widest = max(widest, len(around))
        for other in around:
            near[other] = (near[other] | around) - {node, other}
    return widest


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
def test_bits_hold_the_graph(drawn: tuple[Graph, np.ndarray]) -> None:
    graph, steered = drawn
    near, room = as_words(graph, len(steered)), np.empty(len(steered), np.int64)
    for node, others in graph.items():
        assert room[: members(near, node, room)].tolist() == sorted(others)
        assert [other for other in range(len(steered)) if has(near, node, other)] == sorted(others)


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_min_fill_takes_every_node_once_and_is_as_narrow_as_the_plain_rule(drawn: tuple[Graph, np.ndarray]) -> None:
    graph, steered = drawn
    order = min_fill(as_words(graph, len(steered)), steered.copy()).tolist()
    assert sorted(order) == sorted(graph)
    assert width(graph, order) == width(graph, plain_min_fill(graph))


@settings(max_examples=80, deadline=None)
@given(graphs())
def test_branch_by_branch_a_node_leaves_right_after_what_hangs_on_it(drawn: tuple[Graph, np.ndarray]) -> None:
    """Every node's part of the tree is a run of the order that ends with the node."""
    graph, steered = drawn
    order = min_fill(as_words(graph, len(steered)), steered.copy()).tolist()
    above = parents_in_the_tree(graph, order)
    for place, node in enumerate(order):
        below = {node}
        for other in reversed(order[:place]):
            if above[other] in below:
                below.add(other)
        assert set(order[place - len(below) + 1 : place + 1]) == below


def parents_in_the_tree(graph: Graph, order: list[int]) -> dict[int, int | None]:
    near = {node: set(others) for node, others in graph.items()}
    above: dict[int, int | None] = {}
    for node in order:
        around = near.pop(node)
        above[node] = min(around, key=order.index) if around else None
        for other in around:
            near[other] = (near[other] | around) - {node, other}
    return above


@settings(max_examples=150, deadline=None)
@given(graphs(), st.data())
def test_a_line_takes_every_node_once_and_counts_its_cells(drawn: tuple[Graph, np.ndarray], data: st.DataObject) -> None:
    graph, steered = drawn
    if not graph:
        return
    start = data.draw(st.sampled_from(sorted(graph)))
    cells, order = narrow_line(as_words(graph, len(steered)), steered.copy(), start)
    assert order[0] == start
    assert sorted(order.tolist()) == sorted(graph)
    assert cells == sum(2.0 ** frontier for frontier in frontiers(graph, order.tolist()))


def frontiers(graph: Graph, order: list[int]) -> list[int]:
    """Nodes still to come that have a neighbour among those gone, after each step."""
    gone: set[int] = set()
    sizes = []
    for node in order:
        gone.add(node)
        sizes.append(len({other for one in gone for other in graph[one]} - gone))
    return sizes


def test_a_line_along_a_path_is_one_wide() -> None:
    graph: Graph = {n: {m for m in (n - 1, n + 1) if 0 <= m < 12} for n in range(12)}
    cells, order = narrow_line(as_words(graph, 12), np.ones(12, np.int64), 0)
    assert order.tolist() == list(range(12))
    assert cells == 11 * 2.0 + 1.0
