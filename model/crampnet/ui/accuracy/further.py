"""The sections on the questions needed, on what the answers hang on, and on what surveys found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crampnet.ui.accuracy.said import (
    SPLITS,
    Results,
    bar,
    folded,
    heading,
    note,
    precise,
    say,
    share,
    split_name,
    table,
)
from crampnet.ui.answer.markup import Markup, element
from crampnet.ui.text import words
from crampnet.validation.frequencies import FACTORS, GROUPS, agreement, independent, of_group

Drawn = Callable[[Mapping[str, Any], str], list[Markup]]


def questions(results: Results, voice: str) -> list[Markup]:
    """How many questions it takes until the answer is that of all answers."""
    return _counted_apart("questions", results, voice, _questions)


def weights(results: Results, voice: str) -> list[Markup]:
    """How much of what moves the answers was printed, worked out or judged; the heaviest judged ones behind a fold."""
    return _counted_apart("weights", results, voice, _weights)


def surveys(results: Results, voice: str) -> list[Markup]:
    """How far the model's own frequencies are from published ones; each one is behind something to open."""
    parts = {group: of_group(results["forward"], group) for group in GROUPS}
    counted = {**parts, "independent": independent(results["forward"])}
    counts = [
        (say(f"surveys.groups.{group}", voice), [str(count) for count in agreement(rows)])
        for group, rows in counted.items()
    ]
    head = [say(f"surveys.{name}", voice) for name in ("what", "figures")]
    head += [say("surveys.within", voice).format(factor=factor) for factor in FACTORS]
    opened = [_opened(say(f"surveys.groups.{group}", voice), rows, voice) for group, rows in parts.items() if rows]
    return [heading("surveys", voice), note(say("surveys.note", voice)), table("", head, counts), *opened]


def _counted_apart(name: str, results: Results, voice: str, drawn: Drawn) -> list[Markup]:
    """A section on what takes long to count, which may not be there, or belong to other priors than the rest."""
    found = results[name]
    if found is None:
        return [heading(name, voice), note(words(f"accuracy.{name}.absent"))]
    parts = [heading(name, voice), *drawn(found, voice)]
    if found["versions"]["priors"] != results["versions"]["priors"]:
        parts.append(note(words("accuracy.other_priors")))
    return parts


def _questions(found: Mapping[str, Any], voice: str) -> list[Markup]:
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
    return [note(say("questions.note", voice)), table("", head, rows)]


def _weights(found: Mapping[str, Any], voice: str) -> list[Markup]:
    rows = [(say(f"weights.basis.{basis}", voice), [share(part)]) for basis, part in found["basis"].items()]
    judged = [(one["path"], [f"{one['value']:g}", precise(one["part"])]) for one in found["judged"]]
    head = [say(f"weights.{name}", voice) for name in ("figure", "value", "part")]
    return [
        note(say("weights.note", voice).format(n=found["n"])),
        table("", [say(f"weights.{name}", voice) for name in ("what", "part")], rows),
        folded(words("accuracy.weights.open"), [table("", head, judged)]),
    ]


def _opened(name: str, rows: Sequence[Mapping[str, Any]], voice: str) -> Markup:
    head = [say(f"surveys.{name}", voice) for name in ("what", "published", "model")]
    figures = [(row["name"], [precise(row["value"]), precise(row["model"])]) for row in rows]
    details = [element("li", [*_counted(row)]) for row in rows]
    summary = words("accuracy.surveys.open").format(name=name)
    return folded(summary, [table("", head, figures), element("ul", details, "cn-points-list")])


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
