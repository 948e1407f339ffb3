"""pgmpy: the divorced network as it comes, the folded one, and factors with an elimination order of our own."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.cases import Asked
from benchmarks.peers.factors import elimination_order, factors
from benchmarks.peers.folded import Plain, folded, unfolded
from benchmarks.peers.result import Result
from crampnet.network.network import Network
from crampnet.network.pgmpy_model import AGE, SEX, to_pgmpy


def full(case: Asked) -> Result:
    """Ordinary use: the whole divorced network, variable elimination in pgmpy's default order, one query a target."""
    return _ordinary(unfolded(case.network, case.evidence, case.targets))


def ordinary(case: Asked) -> Result:
    """Ordinary use by somebody who thinks of folding what is absent; the rest as in full."""
    return _ordinary(folded(case.network, case.evidence, case.targets))


def _ordinary(plain: Plain) -> Result:
    from pgmpy.inference import VariableElimination

    start = time.perf_counter()
    engine = VariableElimination(to_pgmpy(plain.network))
    evidence = {name: "present" if seen else "absent" for name, seen in plain.observed.items()}
    evidence |= _known_context(plain.network)
    built = time.perf_counter()
    answers = {}
    for target in plain.targets:
        factor = engine.query([target], evidence, show_progress=False)
        answers[target] = float(factor.get_value(**{target: "present"}))
    return Result(answers, built - start, time.perf_counter() - built)


def _known_context(network: Network) -> dict[str, str]:
    bands, sexes = {s.age_band for s in network.strata}, {s.sex for s in network.strata}
    known = {AGE: next(iter(bands))} if len(bands) == 1 else {}
    return known | ({SEX: next(iter(sexes))} if len(sexes) == 1 else {})


def expert(case: Asked) -> Result:
    """Expert use: signed factors in a Markov network and an explicit min-fill elimination order."""
    from pgmpy.factors.discrete import DiscreteFactor
    from pgmpy.inference import VariableElimination
    from pgmpy.models import DiscreteMarkovNetwork

    plain = folded(case.network, case.evidence, case.targets)
    start = time.perf_counter()
    found = factors(plain)
    model = DiscreteMarkovNetwork()
    model.add_nodes_from({name for factor in found for name in factor.scope})
    for factor in found:
        model.add_edges_from([(a, b) for i, a in enumerate(factor.scope) for b in factor.scope[:i]])
    model.add_factors(*(DiscreteFactor(f.scope, f.table.shape, f.table) for f in found))
    engine = VariableElimination(model)
    order = elimination_order(factor.scope for factor in found)
    built = time.perf_counter()
    answers = {}
    for target in plain.targets:
        rest = [name for name in order if name != target]
        values = np.asarray(engine.query([target], elimination_order=rest, show_progress=False).values)
        answers[target] = float(values[1] / values.sum())
    return Result(answers, built - start, time.perf_counter() - built)
