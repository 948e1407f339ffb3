"""All figures of the published cases as plain data, and the file that holds them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from crampnet.api import Model
from crampnet.validation.cases import LEVELS, SPLITS, PublicCase, load_cases, load_excluded
from crampnet.validation.figures import Picked, cases_right, figures, pick, reliability
from crampnet.validation.frequencies import FILE, forward_check
from crampnet.validation.metrics import mean, risk_coverage, threshold
from crampnet.validation.mix import best_exponent, under_the_mix
from crampnet.validation.questions import questions
from crampnet.validation.scoring import Scores, score_cases
from crampnet.validation.simulated import simulated
from crampnet.validation.weights import weights

COVERAGE = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)
SHOWN = 3
"""Rows shown of each development case."""
APART: Mapping[str, Callable[[Model, Iterable[PublicCase]], dict[str, Any]]] = {
    "questions": questions,
    "weights": weights,
}
"""Figures that take long: counted when they are asked for, and kept with the versions that they belong to."""


def measure(model: Model, folder: Path, apart: Mapping[str, Any]) -> dict[str, Any]:
    """Score every case of `folder/cases` and gather all figures; cases of `folder/excluded.yaml` stand apart.

    apart: of `APART`, what `count` found now or earlier, taken as it is; what is not in it was never counted.
    Raises as `load_cases`, `load_excluded` and `Model.diagnose`.
    """
    cases = load_cases(folder / "cases", model.knowledge, model.vocabulary)
    excluded = load_excluded(folder / "excluded.yaml", cases)
    scores = {level: score_cases(model, cases, level) for level in LEVELS}
    kept = [case for case in cases if case.id not in excluded]
    limit = frozen_threshold(scores[LEVELS[-1]], kept)
    levels = model.knowledge.losses.levels
    chosen = {split: [case for case in kept if case.split == split] for split in SPLITS}
    parts = {s: {level: pick(scores[level], ids(chosen[s])) for level in LEVELS} for s in SPLITS}
    everybody = {s: pick(scores[LEVELS[-1]], ids(c for c in cases if c.split == s)) for s in SPLITS}
    found = {
        "versions": versions(model, folder),
        "cases": {split: _counts(chosen[split]) for split in SPLITS} | {"left_out": len(excluded)},
        "threshold": limit,
        "figures": {s: {at: figures(p, limit, levels) for at, p in by.items()} for s, by in parts.items()},
        "groups": {s: _apart(by[LEVELS[-1]], "group", limit, levels) for s, by in parts.items()},
        "sources": {s: {at: _apart(p, "kind", limit, levels) for at, p in by.items()} for s, by in parts.items()},
        "with_left_out": {s: figures(picked, limit, levels) for s, picked in everybody.items()},
        "reliability": {s: {at: reliability(p) for at, p in by.items()} for s, by in parts.items()},
        "risk_coverage": {s: {at: _abstaining(p) for at, p in by.items()} for s, by in parts.items()},
        "mix": _mix({split: by[LEVELS[-1]] for split, by in parts.items()}),
        "simulated": simulated(model),
        **{name: apart.get(name) for name in APART},
        "forward": forward_check(model, folder / FILE),
        "development": [_line(case, scores) for case in cases if case.split == "develop"],
    }
    plain: dict[str, Any] = _rounded(found)
    return plain


def count(model: Model, folder: Path, name: str) -> dict[str, Any]:
    """One of `APART` on the cases that are not left out, with the versions that the figures belong to.

    Raises as `measure`.
    """
    cases = load_cases(folder / "cases", model.knowledge, model.vocabulary)
    excluded = load_excluded(folder / "excluded.yaml", cases)
    found = APART[name](model, [case for case in cases if case.id not in excluded])
    plain: dict[str, Any] = _rounded({"versions": versions(model, folder), **found})
    return plain


def frozen_threshold(scores: Scores, cases: Iterable[PublicCase]) -> float:
    """The probability from which "not modelled" is said: chosen on development cases with all that is known."""
    picked = pick(scores, ids(case for case in cases if case.split == "develop"))
    return threshold(picked.table["unmodelled"].to_numpy(), ~picked.explained)


def ids(cases: Iterable[PublicCase]) -> list[str]:
    """Ids of some cases."""
    return [case.id for case in cases]


def cases_digest(folder: Path) -> str:
    """SHA-256 over the names and contents of the case files and the list of those left out."""
    whole = hashlib.sha256()
    for file in (*sorted((folder / "cases").glob("*.yaml")), folder / "excluded.yaml"):
        content = file.read_bytes()
        whole.update(f"{file.name}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def to_json(found: Mapping[str, Any]) -> str:
    """The text of the results file."""
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def versions(model: Model, folder: Path) -> dict[str, str]:
    """What figures belong to: the program's version, and the digests of priors, cases and published frequencies."""
    return {
        "crampnet": version("crampnet"),
        "priors": model.knowledge.digest,
        "cases": cases_digest(folder),
        "frequencies": hashlib.sha256((folder / FILE).read_bytes()).hexdigest(),
    }


def _counts(cases: Sequence[PublicCase]) -> dict[str, Any]:
    return {
        "all": len(cases),
        "unexplained": sum(not case.explained for case in cases),
        "labels": len({case.label for case in cases if case.explained}),
        "triage": dict(sorted(Counter(case.triage for case in cases).items())),
        "kinds": dict(sorted(Counter(case.kind for case in cases).items())),
        "parts": {level: sum(bool(case.parts[level].to_dict()) for case in cases) for level in LEVELS},
    }


def _apart(picked: Picked, by: str, limit: float, levels: Sequence[str]) -> dict[str, Any]:
    """Figures of the cases of each group (by: "group") or kind of source ("kind")."""
    kinds = [str(getattr(case, by)) for case in picked.cases]
    return {kind: figures(picked.only([one == kind for one in kinds]), limit, levels) for kind in sorted(set(kinds))}


def _mix(parts: Mapping[str, Picked]) -> dict[str, Any]:
    """Figures under the mix of the cases; how far it is from that of people is taken from the development cases."""
    exponent = best_exponent(parts["develop"])
    return {"exponent": exponent, **under_the_mix(parts, exponent)}


def _abstaining(picked: Picked) -> dict[str, Any]:
    right = cases_right(picked, 1)
    curve = risk_coverage(picked.table["first"].to_numpy(), right, COVERAGE)
    overall = mean(right)
    return {"right": asdict(overall) if overall else None, "curve": curve}


def _line(case: PublicCase, scores: Mapping[str, Scores]) -> dict[str, Any]:
    """A development case as it was answered at each level."""
    line: dict[str, Any] = {"id": case.id, "label": case.label, "other_labels": list(case.other_labels)}
    line["triage"] = case.triage
    for level in LEVELS:
        place = scores[level].cases.index(case)
        row, shares = scores[level].table.iloc[place], scores[level].forecast[place]
        first = np.argsort(-shares, kind="stable")[:SHOWN]
        line[level] = {
            "rank": int(row["rank"]),
            "p": float(row["p"]),
            "unlisted": float(row["unmodelled"]),
            "urgency": str(row["urgency"]),
            "first": {scores[level].conditions[i]: float(shares[i]) for i in first if not row["refused"]},
        }
    return line


def _rounded(value: Any) -> Any:
    """Numbers to four decimals, so that the file says the same on every machine."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return round(value, 4) if isinstance(value, float) else value
