"""Published cases answered at each level of what is known, and compared with what they turned out to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crampnet.api import Model
from crampnet.errors import TooExpensive
from crampnet.inference.case import Case
from crampnet.inference.engine import posterior
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.knowledge import Knowledge
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
    label, or a form of it that is likelier), first (the largest), unmodelled (that a disease outside the list is behind
    it), urgency, for each baseline its rank and p, and refused: whether the engine declined the case as too expensive.
    Then no row is right, every probability is 0, the urgency is that of the warning signs or the lowest, and the
    forecasts are NaN;
    forecast, happened: probability of every row and whether it is accepted; prior: of every row by age, sex and care
    sought alone; shape (cases, conditions).
    """

    cases: tuple[PublicCase, ...]
    level: str
    conditions: tuple[str, ...]
    table: pd.DataFrame
    forecast: Array
    happened: Mask
    prior: Array


def score_cases(model: Model, cases: Sequence[PublicCase], level: str) -> Scores:
    """Answer each case as known at a level, exactly. Raises as `Model.diagnose`, except for what costs too much."""
    conditions = model.network().conditions
    bayes = NaiveBayes(model.network())
    happened = np.array([accepted(model.knowledge, conditions, (case.label, *case.other_labels)) for case in cases])
    scored = [_scored(model, bayes, case, level, right) for case, right in zip(cases, happened, strict=True)]
    rows, shares, priors = zip(*scored, strict=True)
    table = pd.DataFrame(rows).set_index("id")
    return Scores(tuple(cases), level, conditions, table, np.array(shares), happened, np.array(priors))


def _scored(
    model: Model, bayes: NaiveBayes, case: PublicCase, level: str, right: Mask
) -> tuple[dict[str, object], Array, Array]:
    """A row of the table, and the probability of every row after and before the answers. right: the accepted rows."""
    network = model.network()
    told = case.known_at(level)
    shares, urgency, beyond = _answered(model, told)
    known = np.nan_to_num(shares)
    evidence = read_evidence(model.knowledge, model.vocabulary, network, told)
    bare_case = Case(age=told.age, sex=told.sex, sought_care=told.sought_care)
    bare = read_evidence(model.knowledge, model.vocabulary, network, bare_case)
    prior = _shares(model, bare)
    guesses = {"": known, "prevalence_": prior, "naive_bayes_": bayes.shares(evidence, prior)}
    label = accepted(model.knowledge, network.conditions, (case.label,))
    row: dict[str, object] = {"id": case.id, "urgency": urgency, "first": known.max()}
    row |= {"unmodelled": beyond, "refused": bool(np.isnan(shares).any())}
    for prefix, guess in guesses.items():
        row |= {f"{prefix}rank": best_rank(guess, right), f"{prefix}p": guess[label].max()}
    return row, shares, prior


def _answered(model: Model, case: Case) -> tuple[Array, str, float]:
    """Probability of every row, NaN where the case is refused, the level of urgency, and P(it has no record)."""
    conditions = model.network().conditions
    try:
        answer = model.diagnose(case)
    except TooExpensive as refused:
        levels = [sign.level for sign in refused.signs] or model.knowledge.losses.levels
        return np.full(len(conditions), np.nan), levels[0], 0.0
    shares = np.array([answer.posterior.contributes[name] for name in conditions])
    return shares, answer.urgency.level, 0.0 if answer.unlisted is None else answer.unlisted.share


def accepted(knowledge: Knowledge, conditions: Sequence[str], labels: Iterable[str]) -> Mask:
    """Whether each row would be right, shape (conditions,): one of the labels, or a form of one."""
    right = knowledge.with_forms({_row(label) for label in labels})
    return np.array([name in right for name in conditions])


def best_rank(shares: Array, right: Mask) -> int:
    """Place of the best accepted row, 1 is first; rows of equal probability count as before it."""
    return int((shares >= shares[right].max()).sum())


def _row(label: str) -> str:
    return UNMODELLED if label == UNEXPLAINED else label


def _shares(model: Model, evidence: Evidence) -> Array:
    found = posterior(model.network(), evidence).contributes
    return np.array([found[name] for name in model.network().conditions])
