"""pyAgrum: the folded divorced network with lazy propagation, and signed factors in a Markov random field."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.cases import Asked
from benchmarks.peers.factors import factors
from benchmarks.peers.folded import folded
from benchmarks.peers.result import Result
from crampnet.network.pgmpy_model import AGE, SEX, to_pgmpy


def ordinary(case: Asked) -> Result:
    """Ordinary use: folded divorced network, LazyPropagation, all targets in one go."""
    import pyagrum as gum

    plain = folded(case.network, case.evidence, case.targets)
    tables = to_pgmpy(plain.network).get_cpds()
    start = time.perf_counter()
    net = as_bayes_net(tables)
    engine = gum.LazyPropagation(net)
    engine.setNumberOfThreads(1)
    engine.setTargets(set(plain.targets))
    engine.setEvidence({name: int(seen) for name, seen in plain.observed.items()})
    built = time.perf_counter()
    engine.makeInference()
    answers = {target: float(engine.posterior(target)[1]) for target in plain.targets}
    return Result(answers, built - start, time.perf_counter() - built)


def as_bayes_net(tables: list[Any]) -> Any:
    """A pyAgrum network from pgmpy's tables; a variable with one state gets none (pyAgrum wants two)."""
    import pyagrum as gum

    net = gum.BayesNet()
    single = {t.variable for t in tables if t.variable in (AGE, SEX) and t.variable_card == 1}
    for table in tables:
        if table.variable not in single:
            net.add(gum.LabelizedVariable(table.variable, table.variable, int(table.variable_card)))
    for table in tables:
        if table.variable in single:
            continue
        names = [name for name in table.variables if name not in single]
        values = np.asarray(table.values).reshape([int(net.variable(name).domainSize()) for name in names])
        for parent in names[1:]:
            net.addArc(parent, table.variable)
        net.cpt(table.variable)[:] = _as_seen(values, names, net.cpt(table.variable))
    return net


def random_field(case: Asked) -> Result:
    """Expert use: the same signed factors as pgmpy's, Shafer-Shenoy inference in a Markov random field."""
    import pyagrum as gum

    plain = folded(case.network, case.evidence, case.targets)
    start = time.perf_counter()
    field = gum.MarkovRandomField()
    found = factors(plain)
    cards = {name: n for factor in found for name, n in zip(factor.scope, factor.table.shape, strict=True)}
    for name, states in cards.items():
        field.add(gum.LabelizedVariable(name, name, states))
    for factor in found:
        tensor = field.addFactor(list(factor.scope))
        tensor[:] = _as_seen(factor.table, list(factor.scope), tensor)
    engine = gum.ShaferShenoyMRFInference(field)
    engine.setNumberOfThreads(1)
    engine.setTargets(set(plain.targets))
    built = time.perf_counter()
    engine.makeInference()
    answers = {}
    for target in plain.targets:
        values = engine.posterior(target).toarray()
        answers[target] = float(values[1] / values.sum())
    return Result(answers, built - start, time.perf_counter() - built)


def _as_seen(table: np.ndarray, names: list[str], tensor: Any) -> np.ndarray:
    """The table with its axes as pyAgrum shows them as an array: the last variable first."""
    shown = list(reversed(tensor.names))
    return np.ascontiguousarray(table.transpose([names.index(name) for name in shown]))
