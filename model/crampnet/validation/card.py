"""The generated part of the model card: evidence and measured figures as Markdown, between two marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from crampnet.errors import BadCase
from crampnet.knowledge import Knowledge
from crampnet.knowledge.numbers import all_grounds
from crampnet.validation.card_more import forward, questions, weights
from crampnet.validation.card_text import figure, percent, short, split_name, table, words
from crampnet.validation.cases import LEVELS, SPLITS

ALL = LEVELS[-1]


def with_generated(card: str, knowledge: Knowledge, results: Mapping[str, Any]) -> str:
    """The card with the part between the marks written anew. Raises BadCase where the marks are missing."""
    begin, end = words()["begin"], words()["end"]
    if card.count(begin) != 1 or card.count(end) != 1 or card.index(begin) > card.index(end):
        raise BadCase(
            "model card", "its two marks are missing.", f"Put the lines {begin} and {end} into it, once each."
        )
    before, after = card.split(begin)[0], card.split(end)[1]
    return f"{before}{begin}\n{generated(knowledge, results)}\n{end}{after}"


def generated(knowledge: Knowledge, results: Mapping[str, Any]) -> str:
    """The generated part."""
    cases = (_cases, _accuracy, _baselines, _mix, _sources, _groups)
    about = (weights, *cases, _reliability, _abstaining, questions, forward)
    parts = (_stamp(results), _evidence(knowledge), *(part(results) for part in about))
    return "\n".join(line for part in parts for line in (*part, "")).rstrip()


def _stamp(results: Mapping[str, Any]) -> Iterator[str]:
    yield words()["stamp"].format(**short(results["versions"]))


def _evidence(knowledge: Knowledge) -> Iterator[str]:
    rows = list(all_grounds(knowledge))
    bases = Counter(row.grounds.basis for row in rows)
    grades = Counter(row.grounds.grade for row in rows if row.grounds.grade is not None)
    counts = {name: len(getattr(knowledge, name)) for name in ("conditions", "findings", "measurements", "exposures")}
    yield from (words()["evidence"], "", words()["evidence_text"].format(total=len(rows), **counts), "")
    yield from table(words()["bases"], [(b, str(n), percent(n / len(rows))) for b, n in sorted(bases.items())])
    yield ""
    meanings = [(letter, grade.name, str(grades[letter])) for letter, grade in sorted(knowledge.grades.items())]
    yield from table(words()["grades"], meanings)


def _cases(results: Mapping[str, Any]) -> Iterator[str]:
    cases = results["cases"]
    yield from (words()["cases"], "", words()["cases_text"].format(left_out=cases["left_out"]).strip(), "")
    rows = []
    for split in SPLITS:
        one = cases[split]
        numbers = (one["all"], one["unexplained"], one["labels"], one["triage"].get("emergency", 0))
        rows.append((split_name(split), *map(str, (*numbers, one["parts"]["examination"], one["parts"]["tests"]))))
    yield from table(words()["cases_head"], rows)


def _accuracy(results: Mapping[str, Any]) -> Iterator[str]:
    text = words()["measured_text"].format(threshold=f"{results['threshold']:.2f}")
    yield from (words()["measured"], "", text.strip())
    for split in SPLITS:
        by_level = results["figures"][split]
        rows = [
            (name, *(figure(by_level[level][key], share=_is_share(key)) for level in LEVELS))
            for key, name in words()["figure_names"].items()
        ]
        rows += [
            (name, *(_emergencies(by_level[level]["emergencies"], below) for level in LEVELS))
            for below, name in words()["emergency_names"].items()
        ]
        rows.append((words()["refused"], *(str(by_level[level]["refused"]) for level in LEVELS)))
        yield ""
        yield from table(f"| {split_name(split)} | {' | '.join(words()['level_names'][at] for at in LEVELS)} |", rows)
    left = {split: figure(results["with_left_out"][split]["top_1"]) for split in SPLITS}
    yield from ("", words()["with_left_out"].format(**left).strip())


def _baselines(results: Mapping[str, Any]) -> Iterator[str]:
    yield from (words()["baselines"], "", words()["baselines_text"].strip(), "")
    rows = []
    for name, shown in words()["baseline_names"].items():
        for split in SPLITS:
            at_all = results["figures"][split][ALL]
            found = at_all["baselines"].get(name, at_all)
            keys = ("top_1", "top_3", "p_truth", "log_loss")
            rows.append((shown, split_name(split), *(figure(found[key], share=_is_share(key)) for key in keys)))
    yield from table(words()["baseline_head"], rows)


def _mix(results: Mapping[str, Any]) -> Iterator[str]:
    found = results["mix"]
    yield from (words()["mix"], "", words()["mix_text"].format(exponent=f"{found['exponent']:.2f}").strip(), "")
    rows = [
        (split_name(split), *(figure(found[split][key]) for key in ("top_1", "top_3", "top_5"))) for split in SPLITS
    ]
    yield from table(words()["mix_head"], rows)


def _sources(results: Mapping[str, Any]) -> Iterator[str]:
    rows = []
    for split in SPLITS:
        by_level = results["sources"][split]
        for name, found in by_level[ALL].items():
            tops = [figure(by_level[at][name][key]) for at in (LEVELS[0], ALL) for key in ("top_1", "top_3")]
            rows.append((words()["kinds_of_source"][name], split_name(split), str(found["top_1"]["n"]), *tops))
    yield from (words()["sources"], "", words()["sources_text"].strip(), "")
    yield from table(words()["sources_head"], sorted(rows))


def _groups(results: Mapping[str, Any]) -> Iterator[str]:
    rows = []
    for name in sorted({name for split in SPLITS for name in results["groups"][split]}):
        for split in SPLITS:
            if (found := results["groups"][split].get(name)) is not None:
                shown = [figure(found[key]) for key in ("top_1", "top_3", "urgency_safe")]
                rows.append((name, split_name(split), str(found["urgency_safe"]["n"]), *shown))
    yield from (words()["groups"], "", *table(words()["groups_head"], rows))


def _reliability(results: Mapping[str, Any]) -> Iterator[str]:
    yield from (words()["reliability"], "", words()["reliability_text"].strip())
    for split in SPLITS:
        rows = [_tenth(row) for row in results["reliability"][split][ALL]]
        yield from ("", *table(words()["reliability_head"].format(split=split_name(split)), rows))
    own = results["simulated"]
    inside = sum(row["inside"] for row in own["reliability"])
    fields = {"patients": own["patients"], "asked": percent(own["asked"]), "inside": inside}
    yield from ("", words()["simulated_text"].format(**fields, tenths=len(own["reliability"])).strip())


def _tenth(row: Mapping[str, Any]) -> tuple[str, str, str]:
    found = f"{row['forecasts']}, {percent(row['expected'])}, {percent(row['observed'])}"
    within = f"{percent(row['low'])} to {percent(row['high'])}: {'yes' if row['inside'] else 'no'}"
    return f"{row['tenth'] - 0.05:.1f} to {row['tenth'] + 0.05:.1f}", found, within


def _abstaining(results: Mapping[str, Any]) -> Iterator[str]:
    curves = {split: results["risk_coverage"][split][ALL]["curve"] for split in SPLITS}
    head = [percent(point["coverage"]) for point in curves[SPLITS[0]]]
    rows = [(split_name(split), *(percent(point["risk"]) for point in curve)) for split, curve in curves.items()]
    yield from (words()["abstaining"], "", words()["abstaining_text"], "", *table(f"| | {' | '.join(head)} |", rows))


def _emergencies(found: Mapping[str, Any], below: str) -> str:
    missed = found[f"below_{below}"]
    fields = {"count": missed["count"], "n": found["n"], "upper": percent(missed["upper"])}
    return str(words()["emergency_value"].format(**fields))


def _is_share(key: str) -> bool:
    return key not in ("brier", "log_loss", "p_truth")
