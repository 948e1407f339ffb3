"""The sections on the questions needed, and on what surveys found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crampnet.ui.accuracy.said import SPLITS, Results, bar, folded, heading, note, precise, say, split_name, table
from crampnet.ui.answer.markup import Markup, element
from crampnet.ui.text import words


def questions(results: Results, voice: str) -> list[Markup]:
    """How many questions it takes until the answer is that of all answers."""
    found = results["questions"]
    if found is None:
        return [heading("questions", voice), note(words("accuracy.questions.absent"))]
    counted = (
        ("asked", ("asked",)),
        ("signs", ("signs",)),
        ("known", ("answered",)),
        ("needed", ("everything", "questions")),
    )
    rows: list[tuple[str, list[Markup | str]]] = [
        (say(f"questions.{name}", voice), [_median(_at(found[split], keys)) for split in SPLITS])
        for name, keys in counted
    ]
    for goal in ("everything", "full"):
        rows.append((say(f"questions.{goal}", voice), [bar(found[split][goal]["reached"]) for split in SPLITS]))
    head = [say("questions.what", voice)]
    head += [f"{split_name(s, voice)} ({words('accuracy.counted').format(n=found[s]['n'])})" for s in SPLITS]
    parts = [heading("questions", voice), note(say("questions.note", voice)), table("", head, rows)]
    if found["versions"]["priors"] != results["versions"]["priors"]:
        parts.append(note(words("accuracy.questions.other")))
    return parts


def surveys(results: Results, voice: str) -> list[Markup]:
    """The model's own frequencies beside published ones, with what was counted behind something to open."""
    rows = [(row["name"], [precise(row["value"]), precise(row["model"])]) for row in results["forward"]]
    head = [say(f"surveys.{name}", voice) for name in ("what", "published", "model")]
    details = [element("li", [*_counted(row)]) for row in results["forward"]]
    opened = folded(words("accuracy.surveys.open"), [element("ul", details, "cn-points-list")])
    return [heading("surveys", voice), note(say("surveys.note", voice)), table("", head, rows), opened]


def _counted(row: Mapping[str, Any]) -> list[Markup]:
    """What was counted among whom, where the two differ, and the source."""
    said = words("accuracy.surveys.counted").format(
        **{key: row[key] for key in ("definition", "population", "differs")}
    )
    source = words("accuracy.surveys.source").format(citation=row["citation"], read=row["read"])
    own = words("accuracy.surveys.input") if row["also_input"] else ""
    return [element("strong", row["name"]), element("p", said), element("p", f"{source} {row['url']} {own}".strip())]


def _at(found: Mapping[str, Any], keys: tuple[str, ...]) -> Mapping[str, float] | None:
    value: Any = found
    for key in keys:
        value = value[key]
    spread: Mapping[str, float] | None = value
    return spread


def _median(found: Mapping[str, float] | None) -> str:
    if found is None:
        return str(words("accuracy.none"))
    plain = {name: f"{found[name]:.0f}" for name in ("median", "low", "high")}
    return str(words("accuracy.questions.spread")).format(**plain)
