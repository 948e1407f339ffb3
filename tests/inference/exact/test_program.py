"""Plans: where tables lie, and what is taken early."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.inference.exact.plan import ATTEMPTS, find_order, signed_last
from crampnet.inference.exact.program import (
    KIND,
    LOAD,
    MANY,
    MOST,
    START,
    UNIT,
    A,
    B,
    Program,
    cheapest,
    pack,
    stored,
    write,
)
from crampnet.inference.exact.reduction import find_structure
from crampnet.inference.exact.tape import arena_size
from crampnet.inference.runs import observe
from crampnet.network.network import Network
from tests.support.networks import evidence_for, networks, wide_network

PRESENT = (0.0, 1.0)


@st.composite
def operations(draw: st.DrawFn) -> np.ndarray:
    """Tables of random sizes; each is read by one later one, or by two where it is read at once twice."""
    many = draw(st.integers(1, 25))
    ops = np.full((many + 1, 9), -1, np.int64)
    pool: list[int] = []
    for op in range(many):
        ops[op, KIND], ops[op, MANY] = draw(st.sampled_from([UNIT, LOAD, 2])), draw(st.integers(0, 6))
        if ops[op, KIND] == LOAD:
            ops[op, A] = draw(st.integers(0, many))  # a factor's number, not a table's
        elif ops[op, KIND] == 2:
            for column in (A, B):
                if draw(st.booleans()) and pool:
                    ops[op, column] = pool.pop(draw(st.integers(0, len(pool) - 1)))
        pool.append(op)
    return ops


@settings(max_examples=300)
@given(operations())
def test_no_two_tables_that_are_still_needed_overlap(ops: np.ndarray) -> None:
    many = len(ops) - 1
    pack(ops)
    last = [max([op for op in range(many) if table in read_by(ops, op)], default=many) for table in range(many)]
    spans = [(int(ops[op, START]), int(ops[op, START]) + (1 << int(ops[op, MANY]))) for op in range(many)]
    for op in range(many):
        assert spans[op][1] <= ops[many, START]
        for other in range(op):
            if last[other] >= op:  # read by this operation or a later one
                assert spans[other][1] <= spans[op][0] or spans[op][1] <= spans[other][0], (other, op)
    assert ops[many, START] <= sum(1 << int(size) for size in ops[:many, MANY])


def read_by(ops: np.ndarray, op: int) -> set[int]:
    return {int(ops[op, B])} | (set() if ops[op, KIND] == LOAD else {int(ops[op, A])})


def plan_of(network: Network, weights: dict[int, tuple[float, float]]) -> tuple[object, ...]:
    arrays, codes = network.arrays, observe(network, weights).codes
    structure = find_structure(arrays, codes, np.ones(len(network.nodes), np.int64))
    none, factors = np.zeros(len(structure.nodes), np.int64), (np.zeros(1, np.int64), np.zeros(0, np.int64))
    return structure, cheapest(structure, find_order(structure, *factors, 0), none, *factors, 1, np.inf)[1]


@settings(max_examples=80)
@given(st.data())
def test_every_link_acts_once_and_every_table_is_read_once(data: st.DataObject) -> None:
    network = data.draw(networks(most=10))
    structure, program = plan_of(network, data.draw(evidence_for(network)))
    assert sorted(program.acts[:, 0].tolist()) == list(range(len(structure.up_link)))  # type: ignore[attr-defined]
    ops = program.ops[:-1]  # type: ignore[attr-defined]
    read = [int(table) for table in np.concatenate([ops[:, A], ops[:, B]]) if table >= 0]
    assert sorted(read) == list(range(len(ops) - 1))
    assert ops[-1, MANY] == 0
    assert program.width == ops[:, MANY].max()  # type: ignore[attr-defined]


def test_an_order_that_keeps_too_much_is_taken_only_where_all_do() -> None:
    network = wide_network(3, roots=14, pairs=6, findings=12)
    codes = observe(network, {n: PRESENT for n, node in enumerate(network.nodes) if node.kind == "finding"}).codes
    structure = find_structure(network.arrays, codes, np.ones(len(network.nodes), np.int64))
    none, factors = np.zeros(len(structure.nodes), np.int64), (np.zeros(1, np.int64), np.zeros(0, np.int64))
    orders = [find_order(structure, *factors, attempt) for attempt in range(ATTEMPTS + 1)]
    programs = [write(structure, signed_last(order, none), none, *factors) for order in orders]
    least = min(stored(program) for program in programs)
    assert least < max(stored(program) for program in programs)

    def chosen(most_memory: float) -> Program:
        return cheapest(structure, orders[0], none, *factors, 10**9, most_memory)[1]  # as often as looking is free

    assert stored(chosen(least)) == least
    assert chosen(least).work == min(program.work for program in programs if stored(program) == least)
    for all_or_none in (np.inf, least - 1.0):
        assert chosen(all_or_none).work == min(program.work for program in programs)


def test_a_plan_far_too_large_is_costed_without_overflow() -> None:
    """Sixty findings of a hundred causes each: refused by its cost, which has to be right for that."""
    network = wide_network(1, roots=100, pairs=0, findings=60)
    weights = {n: PRESENT for n, node in enumerate(network.nodes) if node.kind == "finding"}
    _, program = plan_of(network, weights)
    assert program.work > 2.0**50  # type: ignore[attr-defined]
    assert program.ops[:, MANY].max() <= MOST  # type: ignore[attr-defined]
    assert arena_size(program.ops) > 2**38  # type: ignore[attr-defined]
