"""The sections of the page, each from the measured figures to markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from crampnet.ui.accuracy.said import (
    ALL,
    SPLITS,
    Results,
    bar,
    counted,
    figure,
    folded,
    heading,
    levels,
    note,
    say,
    share,
    split_name,
    table,
)
from crampnet.ui.answer.markup import Markup, element
from crampnet.ui.text import words

HELD = SPLITS[0]


def short(results: Results, voice: str) -> list[Markup]:
    """The main figures of the measuring split in sentences."""
    found = results["figures"][HELD][ALL]
    lines = [_sentence(name, found[name], voice) for name in ("top_1", "top_3", "urgency_safe")]
    rest: dict[str, Mapping[str, object]] = {
        "emergencies": _missed(found["emergencies"]),
        "expected": {"figure": figure(found["expected"])},
        "baseline": {"figure": figure(found["baselines"]["naive_bayes"]["top_1"])},
    }
    lines += [say(f"short.items.{name}", voice).format(**fields) for name, fields in rest.items()]
    listed = element("ul", [element("li", line) for line in lines], "cn-points-list")
    return [heading("short", voice), listed, note(say("short.note", voice)), note(say("about_splits", voice))]


def right(results: Results, voice: str) -> list[Markup]:
    """How often the right row was first, and among the first three, by what was known."""
    tables = [_by_level(results, f"right.{name}", name, voice) for name in ("top_1", "top_3")]
    return [heading("right", voice), note(say("right.note", voice)), *tables]


def safe(results: Results, voice: str) -> list[Markup]:
    """Urgency: safe, too high, and emergencies that were missed, with upper bounds."""
    shares = [_by_level(results, f"safe.{name}", name, voice) for name in ("urgency_safe", "over_triage")]
    missed = [_emergencies(results, below, voice) for below in ("urgent", "emergency")]
    warning = element("p", say("safe.warning", voice), "cn-callout")
    return [heading("safe", voice), warning, *missed, note(say("safe.note", voice)), *shares]


def unmodelled(results: Results, voice: str) -> list[Markup]:
    """How often it said that it does not contain this, rightly and wrongly."""
    fields = {"row": words("always_shown")["not_modelled"], "threshold": share(results["threshold"])}
    tables = [_by_level(results, f"unmodelled.{name}", name, voice) for name in ("unmodelled_hits", "false_alarms")]
    return [heading("unmodelled", voice), note(say("unmodelled.note", voice).format(**fields)), *tables]


def beside(results: Results, voice: str) -> list[Markup]:
    """The simpler methods."""
    methods = words("accuracy.beside.methods")
    tables = []
    for name in ("top_1", "top_3"):
        rows = [(methods[m][voice], [bar(_method(results, split, m)[name]) for split in SPLITS]) for m in methods]
        tables.append(table(say(f"right.{name}", voice), _head(results, "beside.method", voice), rows))
    scores = [
        (methods[m][voice], [split_name(split, voice), *_scores(_method(results, split, m))])
        for m in methods
        for split in SPLITS
    ]
    losses = table("", words("accuracy.beside.losses.head"), scores)
    opened = folded(say("beside.losses.heading", voice), [losses])
    return [heading("beside", voice), note(say("beside.note", voice)), *tables, opened]


def sources(results: Results, voice: str) -> list[Markup]:
    """Case reports, textbook vignettes and everyday questions by themselves."""
    names = words("accuracy.sources.names")
    head = [say("sources.source", voice), *(split_name(split, voice) for split in SPLITS)]
    tables = []
    for name, at in product(("top_1", "top_3"), words("accuracy.sources.levels")):
        rows = [(names[kind], [bar(results["sources"][s][at][kind][name]) for s in SPLITS]) for kind in names]
        tables.append(table(f"{say(f'right.{name}', voice)}, {say(f'sources.levels.{at}', voice)}", head, rows))
    return [heading("sources", voice), note(say("sources.note", voice)), *tables]


def kinds(results: Results, voice: str) -> list[Markup]:
    """Every kind of cause by itself, behind something to open."""
    names = words("accuracy.kinds.names")
    tables = []
    for split in SPLITS:
        rows = [
            (
                f"{names.get(kind, kind)} ({found['urgency_safe']['n']})",
                [figure(found["top_1"]), figure(found["urgency_safe"])],
            )
            for kind, found in results["groups"][split].items()
        ]
        head = [say("kinds.kind", voice), *words("accuracy.kinds.head")]
        tables.append(table(split_name(split, voice), head, rows))
    return [heading("kinds", voice), note(say("kinds.note", voice)), folded(words("accuracy.kinds.open"), tables)]


def cases(results: Results, voice: str) -> list[Markup]:
    """What the cases are."""
    counts = results["cases"]
    body = say("cases.body", voice).format(
        all=sum(counts[split]["all"] for split in SPLITS),
        left_out=counts["left_out"],
        with_left_out=figure(results["with_left_out"][HELD]["top_1"]),
    )
    columns = [[*_case_counts(counts[s]), results["figures"][s][ALL]["refused"]] for s in SPLITS]
    names = words("accuracy.cases.head")
    rows = [(name, [str(column[place]) for column in columns]) for place, name in enumerate(names)]
    return [
        heading("cases", voice),
        element("p", body, "cn-body"),
        table("", [say("cases.counted", voice), *(split_name(split, voice) for split in SPLITS)], rows),
    ]


def limits(_results: Results, voice: str) -> list[Markup]:
    """What the figures do not say."""
    items = [element("li", item[voice]) for item in words("accuracy.limits.items")]
    return [heading("limits", voice), element("ul", items, "cn-points-list")]


def _sentence(name: str, found: Mapping[str, float], voice: str) -> str:
    count, n = counted(found), int(found["n"])
    return say(f"short.items.{name}", voice).format(count=count, n=n, lower=n - count, figure=figure(found))


def _missed(found: Mapping[str, Any]) -> Mapping[str, object]:
    below = {name: found[name]["count"] for name in ("below_emergency", "below_urgent")}
    return {"n": found["n"], "upper": share(found["below_urgent"]["upper"]), **below}


def _by_level(results: Results, caption: str, name: str, voice: str) -> Markup:
    """A figure at each level, a column each split."""
    rows = [
        (say(f"levels.{level}", voice), [bar(results["figures"][split][level][name]) for split in SPLITS])
        for level in levels()
    ]
    return table(say(caption, voice), _head(results, "known", voice, name), rows)


def _emergencies(results: Results, below: str, voice: str) -> Markup:
    rows = []
    for level in levels():
        found = [results["figures"][split][level]["emergencies"] for split in SPLITS]
        rows.append((say(f"levels.{level}", voice), [_bound(one, below) for one in found]))
    return table(say(f"safe.{below}", voice), _head(results, "known", voice), rows)


def _bound(found: Mapping[str, Any], below: str) -> str:
    missed = found[f"below_{below}"]
    fields = {"count": missed["count"], "n": found["n"], "upper": share(missed["upper"])}
    return str(words("accuracy.safe.missed")).format(**fields)


def _head(results: Results, first: str, voice: str, name: str = "") -> list[str]:
    """Column titles: each split, with the number of its cases where a figure is named."""
    titles = []
    for split in SPLITS:
        found = results["figures"][split][ALL].get(name)
        size = f" ({words('accuracy.counted').format(n=found['n'])})" if found else ""
        titles.append(f"{split_name(split, voice)}{size}")
    return [say(first, voice), *titles]


def _method(results: Results, split: str, method: str) -> Mapping[str, Any]:
    """The figures of a method; what is no baseline is the model itself."""
    found: Mapping[str, Any] = results["figures"][split][ALL]
    by_name: Mapping[str, Mapping[str, Any]] = found["baselines"]
    return by_name.get(method, found)


def _scores(found: Mapping[str, Any]) -> Iterable[str]:
    return [
        words("accuracy.none") if found[key] is None else f"{found[key]['value']:.2f}"
        for key in ("p_truth", "brier", "log_loss")
    ]


def _case_counts(counts: Mapping[str, Any]) -> list[int]:
    kinds = [counts["kinds"].get(kind, 0) for kind in ("case_report", "vignette", "question")]
    known = [counts["parts"][level] for level in ("examination", "tests")]
    return [counts["all"], counts["triage"].get("emergency", 0), counts["unexplained"], *kinds, *known]
