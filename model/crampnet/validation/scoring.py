"""Published cases answered at each level of what is known, and compared with what they turned out to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crampnet.api import Model
from crampnet.inference.case import Case
from crampnet.inference.engine import posterior
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.network.network import Array
from crampnet.validation.baselines import NaiveBayes
from crampnet.validation.cases import UNEXPLAINED, PublicCase
from crampnet.validation.metrics import Mask

UNMODELLED = "not_modelled"
"""The row that stands for whatever is not modelled: the right one for a case that no modelled condition explains."""


@dataclass(frozen=True)
class Scores:
    """Cases answered at one level.

    table: one row a case, index its id, in the order of `cases`: rank (of the best accepted row, 1 is first), p (on the
    label), first (the largest), unmodelled (on the row for it), urgency, and for each baseline its rank and p;
    forecast, happened: probability of every row and whether it is accepted, shape (cases, conditions).
    """

    cases: tuple[PublicCase, ...]
    level: str
    conditions: tuple[str, ...]
    table: pd.DataFrame
    forecast: Array
    happened: Mask


def score_cases(model: Model, cases: Sequence[PublicCase], level: str) -> Scores:
    """Answer each case as known at a level, exactly. Raises as `Model.diagnose`."""
    network = model.network()
    bayes = NaiveBayes(network)
    rows, forecast = [], []
    for case in cases:
        told = case.known_at(level)
        answer = model.diagnose(told)
        shares = np.array([answer.posterior.contributes[name] for name in network.conditions])
        bare = read_evidence(model.knowledge, model.vocabulary, network, Case(age=told.age, sex=told.sex))
        prior = _shares(model, bare)
        guesses = {"prevalence": prior, "naive_bayes": bayes.shares(answer.evidence, prior)}
        right = accepted(network.conditions, case)
        row: dict[str, object] = {"id": case.id, "urgency": answer.urgency.level, "first": shares.max()}
        row["unmodelled"] = answer.posterior.contributes[UNMODELLED]
        for prefix, guess in (("", shares), *((f"{name}_", guess) for name, guess in guesses.items())):
            row[f"{prefix}rank"] = best_rank(guess, right)
            row[f"{prefix}p"] = guess[network.conditions.index(_row(case.label))]
        rows.append(row)
        forecast.append(shares)
    happened = np.array([accepted(network.conditions, case) for case in cases])
    table = pd.DataFrame(rows).set_index("id")
    return Scores(tuple(cases), level, network.conditions, table, np.array(forecast), happened)


def accepted(conditions: Sequence[str], case: PublicCase) -> Mask:
    """Whether each row would be right, shape (conditions,): the label or another true condition."""
    right = {_row(case.label), *case.other_labels}
    return np.array([name in right for name in conditions])


def best_rank(shares: Array, right: Mask) -> int:
    """Place of the best accepted row, 1 is first; rows of equal probability count as before it."""
    return int((shares >= shares[right].max()).sum())


def _row(label: str) -> str:
    return UNMODELLED if label == UNEXPLAINED else label


def _shares(model: Model, evidence: Evidence) -> Array:
    found = posterior(model.network(), evidence).contributes
    return np.array([found[name] for name in model.network().conditions])
