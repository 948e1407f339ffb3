"""Two pictures, each with its text and its table: whether the percentages come true, and risk against coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crampnet.ui.accuracy.said import (
    ALL,
    SPLITS,
    Results,
    folded,
    heading,
    note,
    say,
    share,
    split_name,
    table,
)
from crampnet.ui.answer.markup import Markup, element
from crampnet.ui.text import words

Row = Mapping[str, Any]


def reliability(results: Results, voice: str) -> list[Markup]:
    """What was said against what came true, for both splits, and for simulated patients in a sentence."""
    rows = {split: results["reliability"][split][ALL] for split in SPLITS}
    pictures = [_picture(split, rows[split], voice) for split in SPLITS]
    tables = [
        table(split_name(s, voice), words("accuracy.calibration.head"), [_tenth(row) for row in rows[s]])
        for s in SPLITS
    ]
    own = results["simulated"]
    fields = {"patients": own["patients"], "asked": share(own["asked"]), **_inside(own["reliability"])}
    return [
        heading("calibration", voice),
        note(say("calibration.note", voice)),
        element("div", pictures, "cn-pictures"),
        folded(words("accuracy.table"), tables),
        note(say("calibration.simulated", voice).format(**fields)),
    ]


def abstaining(results: Results, voice: str) -> list[Markup]:
    """How often the first row is wrong when only the surest cases are answered, for both splits."""
    curves = {split: results["risk_coverage"][split][ALL]["curve"] for split in SPLITS}
    pictures = [_columns(split, curves[split], voice) for split in SPLITS]
    head = [say("sure.answered", voice), *(split_name(split, voice) for split in SPLITS)]
    rows = [
        (share(points[0]["coverage"]), [share(point["risk"]) for point in points])
        for points in zip(*curves.values(), strict=True)
    ]
    return [
        heading("sure", voice),
        note(say("sure.note", voice)),
        element("div", pictures, "cn-pictures"),
        folded(words("accuracy.table"), [table(say("sure.wrong", voice), head, rows)]),
    ]


def _picture(split: str, rows: Sequence[Row], voice: str) -> Markup:
    """A square of dots over the slanting line on which said and true agree."""
    marks = [mark for row in rows for mark in _marks(row)]
    said = words("accuracy.calibration.point")
    points = "; ".join(said.format(**{key: share(row[key]) for key in ("expected", "observed")}) for row in rows)
    text = words("accuracy.calibration.chart").format(split=split_name(split, voice), points=points, **_inside(rows))
    field = element("div", marks, "cn-field cn-slanting", role="img", aria_label=text)
    return _framed(split, field, say("calibration.said", voice), say("calibration.came", voice), voice)


def _marks(row: Row) -> list[Markup]:
    left = f"left:{row['expected']:.1%}"
    reach = element(
        "span", "", "cn-reach", style=f"{left};bottom:{row['low']:.1%};height:{row['high'] - row['low']:.1%}"
    )
    kind = "cn-dot" if row["inside"] else "cn-dot cn-astray"
    return [reach, element("span", "", kind, style=f"{left};bottom:{row['observed']:.1%}")]


def _columns(split: str, curve: Sequence[Row], voice: str) -> Markup:
    """A column for each share of the cases that is answered, as high as the share of wrong first rows."""
    columns = [element("span", "", "cn-column", style=f"height:{max(point['risk'], 0.005):.1%}") for point in curve]
    said = words("accuracy.sure.point")
    points = "; ".join(said.format(**{key: share(point[key]) for key in ("coverage", "risk")}) for point in curve)
    text = words("accuracy.sure.chart").format(split=split_name(split, voice), points=points)
    field = element("div", columns, "cn-field cn-columns", role="img", aria_label=text)
    ends = share(curve[0]["coverage"]), share(curve[-1]["coverage"])
    return _framed(split, field, say("sure.answered", voice), say("sure.wrong", voice), voice, ends)


def _framed(
    split: str, field: Markup, across: str, upward: str, voice: str, ends: tuple[str, str] | None = None
) -> Markup:
    """A field with the names and ends of its axes."""
    left, right = ends or (share(0.0), share(1.0))
    below = [element("span", text) for text in (left, across, right)]
    return element(
        "figure",
        [
            element("figcaption", split_name(split, voice)),
            element("div", f"{upward}, 0 to 100\N{NO-BREAK SPACE}%", "cn-upward", aria_hidden="true"),
            field,
            element("div", below, "cn-across", aria_hidden="true"),
        ],
        "cn-picture",
    )


def _tenth(row: Row) -> tuple[str, list[str]]:
    ends = f"{row['tenth'] - 0.05:.0%} to {row['tenth'] + 0.05:.0%}".replace("%", "\N{NO-BREAK SPACE}%")
    within = words("accuracy.calibration.inside")[bool(row["inside"])]
    reach = f"{share(row['low'])} to {share(row['high'])}"
    return ends, [str(row["forecasts"]), share(row["expected"]), share(row["observed"]), reach, within]


def _inside(rows: Sequence[Row]) -> dict[str, int]:
    return {"inside": sum(bool(row["inside"]) for row in rows), "tenths": len(rows)}
