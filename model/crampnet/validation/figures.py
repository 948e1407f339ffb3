"""The figures of some cases at one level of what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crampnet.network.network import Array
from crampnet.validation.cases import PublicCase
from crampnet.validation.metrics import Figure, Mask, area, brier, log_loss, mean, upper_bound
from crampnet.validation.scoring import Scores
from crampnet.validation.selfcheck import calibration

BASELINES = ("prevalence", "naive_bayes")
TOPS = (1, 3, 5)


@dataclass(frozen=True)
class Picked:
    """Some of the scored cases; fields as in `Scores`."""

    cases: tuple[PublicCase, ...]
    table: pd.DataFrame
    forecast: Array
    happened: Mask
    prior: Array

    @property
    def explained(self) -> Mask:
        """Whether a modelled condition explains each case, shape (cases,)."""
        return np.array([case.explained for case in self.cases], dtype=bool)

    def only(self, wanted: Sequence[bool]) -> Picked:
        """Those that are wanted, shape (cases,)."""
        return self._at([place for place, one in enumerate(wanted) if one])

    def _at(self, places: list[int]) -> Picked:
        chosen = tuple(self.cases[place] for place in places)
        parts = (self.forecast[places], self.happened[places], self.prior[places])
        return Picked(chosen, self.table.iloc[places], *parts)


def pick(scores: Scores, ids: Sequence[str]) -> Picked:
    """The named cases."""
    places = [place for place, case in enumerate(scores.cases) if case.id in set(ids)]
    return Picked(scores.cases, scores.table, scores.forecast, scores.happened, scores.prior)._at(places)


def cases_right(picked: Picked, top: int) -> Mask:
    """Whether an accepted row is among the first `top`, shape (cases,)."""
    right: Mask = picked.table["rank"].to_numpy() <= top
    return right


def figures(picked: Picked, limit: float, levels: Sequence[str]) -> dict[str, Any]:
    """Every figure as plain data: value, low, high, n; None where there is no case to count.

    Ranks, probabilities and losses are over the explained cases, urgency over all; expected: the mean probability of
    the first row, so how often it would be right if all probabilities were.
    limit: probability from which "not modelled" is said; levels: of urgency, lowest first.
    """
    said = picked.table["unmodelled"].to_numpy() >= limit
    found = {**_ranking(picked, ""), **_urgency(picked, levels)}
    found["expected"] = mean(picked.table["first"].to_numpy(), picked.explained)
    found["unmodelled_hits"] = mean(said, ~picked.explained)
    found["false_alarms"] = mean(said, picked.explained)
    found["unmodelled_area"] = area(picked.table["unmodelled"].to_numpy(), ~picked.explained)
    plain = as_plain(found)
    plain["refused"] = int(picked.table["refused"].sum())
    plain["emergencies"] = emergencies(picked, levels)
    plain["baselines"] = {name: as_plain(_ranking(picked, f"{name}_")) for name in BASELINES}
    return plain


def as_plain(found: Mapping[str, Figure | None]) -> dict[str, Any]:
    """Figures as plain data: value, low, high, n; None stays."""
    return {name: asdict(figure) if figure else None for name, figure in found.items()}


def tops(ranks: npt.NDArray[np.int64], explained: Mask) -> dict[str, Figure | None]:
    """Share of the explained cases whose right row is among the first 1, 3 and 5 (top_1 ...); ranks: shape (cases,)."""
    return {f"top_{top}": mean(ranks <= top, explained) for top in TOPS}


def emergencies(picked: Picked, levels: Sequence[str]) -> dict[str, Any]:
    """Emergencies answered below emergency, and below the level under it, with one-sided 95 % upper bounds."""
    *_, second, highest = levels
    given = [row for row, case in zip(picked.table["urgency"], picked.cases, strict=True) if case.triage == highest]
    found: dict[str, Any] = {"n": len(given)}
    for level in (highest, second):
        missed = sum(levels.index(answer) < levels.index(level) for answer in given)
        found[f"below_{level}"] = {"count": missed, "upper": upper_bound(missed, len(given))}
    return found


def reliability(picked: Picked) -> list[dict[str, Any]]:
    """Probability of every row against whether it is an accepted one, in tenths."""
    return tenths(picked.forecast, picked.happened)


def tenths(forecast: Array, happened: Mask) -> list[dict[str, Any]]:
    """The table of `calibration`, a row each tenth, as plain data."""
    table = calibration(forecast, happened).reset_index()
    return [{str(key): value for key, value in row.items()} for row in table.astype(object).to_dict("records")]


def _ranking(picked: Picked, prefix: str) -> dict[str, Figure | None]:
    rank, p = picked.table[f"{prefix}rank"].to_numpy(), picked.table[f"{prefix}p"].to_numpy()
    return tops(rank, picked.explained) | {
        "p_truth": mean(p, picked.explained),
        "brier": mean(brier(p), picked.explained),
        "log_loss": mean(log_loss(p), picked.explained),
    }


def _urgency(picked: Picked, levels: Sequence[str]) -> dict[str, Figure | None]:
    given = np.array([levels.index(level) for level in picked.table["urgency"]])
    wanted = np.array([levels.index(case.triage) for case in picked.cases])
    return {
        "urgency_exact": mean(given == wanted),
        "urgency_safe": mean(given >= wanted),
        "over_triage": mean(given > wanted),
    }
