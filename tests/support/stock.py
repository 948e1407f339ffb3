"""Any discrete Bayesian network on the engine's tape: every table a factor over binary nodes, nothing else.

A variable of m states is written in ceil(log2 m) bits, most significant first; codes that no state has weigh 0. Each
variable also has a factor of its own, for what is observed: the gradient by it, times itself, is its posterior.
"""

from __future__ import annotations

import gzip
import importlib.resources
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crampnet.inference.exact import back, tape
from crampnet.inference.exact.plan import find_order
from crampnet.inference.exact.program import KIND, LOAD, MANY, START, A, cheapest
from crampnet.inference.exact.reduction import HIDDEN, Structure
from crampnet.network.arrays import Ints
from crampnet.network.network import Array


@dataclass(frozen=True)
class Stock:
    """states: number of each variable's states; tables: (variables, probabilities with an axis for each)."""

    states: Mapping[str, int]
    tables: Sequence[tuple[tuple[str, ...], Array]]


def stock_text(name: str) -> str:
    """The BIF of a published network, names of states that are no words in BIF put into words."""
    packed = importlib.resources.files("pgmpy") / "utils" / "example_models" / f"{name}.bif.gz"
    text = gzip.decompress(packed.read_bytes()).decode()
    names = {name.strip() for states in re.findall(r"discrete \[ \d+ \] \{(.*)\}", text) for name in states.split(",")}
    for name in sorted(names):
        if not name.isidentifier():
            word = "s_" + re.sub(r"\W", "_", name)
            text = re.sub(rf"(?<=[\s(,]){re.escape(name)}(?=[\s),])", word, text)
    return text


def pyagrum_net(name: str, folder: Path) -> Any:
    """The same network as pyAgrum reads it, its rounded tables made to sum to 1; its import is loud."""
    import pyagrum as gum

    file = folder / f"{name}.bif"
    file.write_text(stock_text(name), encoding="utf-8")
    net = gum.loadBN(str(file))
    for variable in net.names():
        net.cpt(variable).normalizeAsCPT()
    return net


def from_pyagrum(net: Any) -> Stock:
    """Every table of a pyAgrum network, as it stands."""
    tables = []
    for name in net.names():
        table = net.cpt(name)
        tables.append((tuple(reversed(table.names)), np.asarray(table.toarray(), dtype=float)))
    return Stock({name: net.variable(name).domainSize() for name in net.names()}, tables)


@dataclass(frozen=True)
class Found:
    """P(evidence) in each lane; P(variable in state, evidence), shape (states, lanes); the residual."""

    evidence: Array
    joint: dict[str, Array]
    residual: float
    width: int


def answer(stock: Stock, cases: Sequence[Mapping[str, int]]) -> Found:
    """All posteriors of all cases (variable -> observed state), a lane for each, in one run of the tape."""
    bits = {name: max(1, (count - 1).bit_length()) for name, count in stock.states.items()}
    begin = dict(zip(bits, np.cumsum([0, *bits.values()])[:-1].tolist(), strict=True))
    nodes = {name: list(range(begin[name], begin[name] + bits[name])) for name in bits}
    scopes = [[node for name in names for node in nodes[name]] for names, _ in stock.tables]
    factors = [_in_bits(table, [bits[name] for name in names], len(cases)) for names, table in stock.tables]
    scopes += [nodes[name] for name in bits]
    factors += [_observed(name, stock.states[name], bits[name], cases) for name in bits]
    return _run(sum(bits.values()), scopes, factors, stock, nodes, len(cases))


def _in_bits(table: Array, bits: list[int], lanes: int) -> Array:
    """Shape (entries, lanes), every axis padded to a power of two."""
    wide = np.zeros([1 << many for many in bits])
    wide[tuple(slice(0, count) for count in table.shape)] = table
    return np.repeat(wide.reshape(-1, 1), lanes, axis=1)


def _observed(name: str, count: int, bits: int, cases: Sequence[Mapping[str, int]]) -> Array:
    out = np.zeros((1 << bits, len(cases)))
    for lane, case in enumerate(cases):
        out[case.get(name, slice(0, count)), lane] = 1.0
    return out


def _run(
    count: int, scopes: list[list[int]], factors: list[Array], stock: Stock, nodes: dict[str, list[int]], lanes: int
) -> Found:
    structure, none = _plain(count), np.zeros(count, np.int64)
    first = np.cumsum([0, *(len(scope) for scope in scopes)]).astype(np.int64)
    of_factors = (first, np.array([n for s in scopes for n in s], dtype=np.int64))
    chosen, program = cheapest(structure, find_order(structure, *of_factors, 0), none, *of_factors, 1, np.inf)
    order = np.full((len(scopes), 1 + max(len(scope) for scope in scopes)), -1, np.int64)
    order[:, 0] = np.cumsum([0, *(len(factor) for factor in factors)])[:-1]
    for row, scope in enumerate(scopes):
        order[row, 1 : 1 + len(scope)] = chosen.rank[scope]
    head, p = np.ones((3, count, lanes)), np.empty((0, lanes))
    about, did = np.zeros((5, count, lanes)), np.zeros((2, 0, lanes))
    x = np.full(tape.arena_size(program.ops) * lanes, np.nan)
    head_of_tape = (program.ops, program.acts, program.axes, program.points, head, p, structure.up_first, x)
    evidence = tape.forward(*head_of_tape, np.concatenate(factors), order, np.zeros(count))
    residual = back.backward(*head_of_tape, evidence, structure.nodes, structure.up_link, about, did)
    joint = {}
    for place, (name, own) in enumerate(nodes.items(), len(stock.tables)):
        (op,) = np.flatnonzero((program.ops[:-1, KIND] == LOAD) & (program.ops[:-1, A] == place))
        gradient = _table(x, program.ops[op], program.axes[op], chosen.rank[own], lanes)
        joint[name] = (gradient * factors[place])[: stock.states[name]]
    return Found(evidence, joint, residual, program.width)


def _table(x: Array, op: Ints, axes: Ints, ranks: Ints, lanes: int) -> Array:
    """A table of the arena with the axes of these nodes in their order, flat."""
    many = int(op[MANY])
    table = x[op[START] * lanes : (op[START] + (1 << many)) * lanes].reshape([2] * many + [lanes])
    lies = (axes[:many] >> 1).tolist()
    return np.moveaxis(table, [lies.index(rank) for rank in ranks], range(many)).reshape(1 << many, lanes)


def _plain(count: int) -> Structure:
    """Variables without parents, none of them folded; built by name, since only the graph's fields matter here."""
    every, nothing = np.arange(count), np.zeros(0, np.int64)
    parts = dict.fromkeys(Structure._fields, nothing)
    parts |= {"role": np.full(count, HIDDEN), "into": np.full(count, -1), "nodes": every, "place": every}
    parts |= {"variable": np.ones(count, np.int64), "up_first": np.zeros(count + 1, np.int64)}
    return Structure(**parts)
