"""Three parts of the model card: what the answers hang on, the questions needed, and the forward check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crampnet.validation.card_text import figure, percent, short, split_name, table, words
from crampnet.validation.cases import SPLITS
from crampnet.validation.frequencies import FACTORS, agreement, independent, of_group


def weights(results: Mapping[str, Any]) -> Iterator[str]:
    """How much of what moves the answers has which basis, and the judged figures that weigh most."""
    found = results["weights"]
    yield from _counted_apart("weights", found)
    if found is None:
        return
    yield from ("", *table(words()["weights_head"], [(basis, percent(part)) for basis, part in found["basis"].items()]))
    rows = [(f"`{one['path']}`", f"{one['value']:g}", _precise(one["part"])) for one in found["judged"]]
    yield from ("", words()["weights_judged"].strip(), "", *table(words()["weights_judged_head"], rows))


def questions(results: Mapping[str, Any]) -> Iterator[str]:
    """How many questions it takes, with the versions that it was counted with."""
    found = results["questions"]
    yield from _counted_apart("questions", found)
    if found is None:
        return
    rows: list[tuple[str, ...]] = [
        (name, *(_spread(found[split][key]) for split in SPLITS)) for key, name in words()["asked_names"].items()
    ]
    for goal, name in words()["goal_names"].items():
        towards = [found[split][goal] for split in SPLITS]
        rows.append((name, *(figure(one["reached"]) for one in towards)))
        rows += [
            (f"{name}: {what}", *(_spread(one[key]) for one in towards)) for key, what in words()["goal_counts"].items()
        ]
        for limit in towards[0]["within"]:
            within = words()["goal_within"].format(name=name, limit=limit)
            rows.append((within, *(_within(one["within"][limit]) for one in towards)))
    head = " | ".join(words()["questions_split"].format(split=split_name(s), n=found[s]["n"]) for s in SPLITS)
    yield from ("", *table(f"| | {head} |", rows))


def _counted_apart(name: str, found: Mapping[str, Any] | None) -> Iterator[str]:
    """The heading of what takes long to count, and the versions that it was counted with, or how to count it."""
    yield from (words()[name], "")
    if found is None:
        yield words()[f"{name}_none"]
    else:
        yield words()[f"{name}_text"].strip().format(**{**found, **short(found["versions"])})


def forward(results: Mapping[str, Any]) -> Iterator[str]:
    """Published frequencies beside the model's own: how far apart in all, then each."""
    yield from (words()["forward"], "", words()["forward_text"].strip(), "")
    rows = {name: of_group(results["forward"], group) for group, name in words()["forward_groups"].items()}
    head = words()["forward_counts"].format(factors=" | ".join(f"{factor:g}" for factor in FACTORS))
    counted = {**rows, words()["forward_independent"]: independent(results["forward"])}
    yield from table(head, [(name, *map(str, agreement(own))) for name, own in counted.items()])
    for name, own in rows.items():
        yield from ("", f"**{name}**", "")
        yield from table(words()["forward_head"], [_compared(row) for row in own])


def _compared(row: Mapping[str, Any]) -> tuple[str, ...]:
    printed = _precise(row["value"])
    if row["interval"]:
        low, high = map(_precise, row["interval"])
        printed += words()["forward_interval"].format(low=low, high=high)
    source = f"[{row['source']}]({row['url']})"
    source += words()["forward_input"] if row["also_input"] else ""
    counted = f"{row['definition']}; {row['population']}"
    return row["name"], counted, printed, _precise(row["model"]), f"{row['ratio']:.2f}", row["differs"], source


def _precise(share: float) -> str:
    """A share as it is printed in papers, to three digits."""
    return f"{100 * share:.3g} %"


def _spread(found: Mapping[str, float] | None) -> str:
    if found is None:
        return "none"
    middle, low, high = (f"{round(found[name], 1):g}" for name in ("median", "low", "high"))
    return f"{middle} ({low} to {high})"


def _within(share: float | None) -> str:
    return "none" if share is None else percent(share)
