"""A report as Markdown, for the terminal and for files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Literal

from crampnet.reasoning.advice import EVERYBODY
from crampnet.report.deeper import insights_markdown
from crampnet.report.insights import Insights, Sureness
from crampnet.report.report import AdviceLine, Report, Row
from crampnet.report.text import between, percent, text

Voice = Literal["plain", "clinical"]


def to_markdown(report: Report, *, voice: Voice = "plain", rows: int = 8) -> str:
    """The report as Markdown text.

    voice: everyday or clinical words; rows: how many conditions the table shows at most.
    """
    found = report.insights or Insights()
    parts = [
        *_head(report, voice),
        *_table(report, voice, rows, found.sureness),
        *insights_markdown(found, voice),
        *_advice(report, voice),
        *_foot(report),
    ]
    return "\n".join(parts) + "\n"


def _head(report: Report, voice: Voice) -> Iterator[str]:
    words = text()
    urgency = report.urgency
    yield from (f"# {words['title']}", "", f"## {words['urgency']}", "")
    yield f"**{words['levels'][urgency.level]}**"
    if urgency.flags:
        yield from ("", f"{words['flags']}:", "")
        yield from (f"- {getattr(flag, voice)}" for flag in urgency.flags)
    yield from ("", words["harm"].format(level=words["levels"][urgency.harm_level]))
    if urgency.provisional:
        yield from ("", words["provisional"])
    if report.warnings:
        yield from ("", f"{words['warnings']}:", "", *(f"- {w}" for w in report.warnings))
    if report.readings:
        lines = (f"- {getattr(line, voice)}: {line.value} ({line.read})" for line in report.readings)
        yield from ("", f"{words['readings']}:", "", *lines)


def _table(report: Report, voice: Voice, rows: int, sure: Sureness | None) -> Iterator[str]:
    words = text()
    yield from ("", f"## {words['ranking']}", "", words[f"ranking_{report.ranked_by}"], "")
    if sure is not None:
        yield from (*_firmness(sure, report), "")
    columns = [*words["columns"], *([words["interval_column"]] if sure is not None else [])]
    yield "| " + " | ".join(columns) + " |"
    yield "|---" + "|---:" * (len(columns) - 1) + "|"
    for row in report.rows[:rows]:
        shares = [percent(p) for p in (row.contributes, row.present, row.base_rate)]
        if sure is not None:
            interval = sure.intervals[row.condition]
            shares.append(between(interval.low, interval.high))
        yield f"| {' | '.join((_name(row, voice), *shares))} |"
    causes = [(row, row.came_from(report.ranked_by, voice, percent)) for row in report.rows[:rows]]
    if lines := [f"- {_name(row, voice)}: {named}" for row, named in causes if named]:
        yield from ("", words["origins"], "", *lines)
    if lines := [f"- {_name(row, voice)}: {row.named_for(voice)}" for row in report.rows[:rows] if row.told_by]:
        yield from ("", words["told_by"], "", *lines)
    if lines := [f"- {getattr(one, voice)}: {one.said(voice, percent)}" for one in report.explained]:
        yield from ("", words["explained"], "", *lines)


def _firmness(sure: Sureness, report: Report) -> Iterator[str]:
    """In how many plausible sets of numbers the first row and the level of urgency stay."""
    words = text()
    yield words["first"].format(share=percent(sure.first))
    yield level_firmness(sure, report.urgency.level)


def level_firmness(sure: Sureness, level: str) -> str:
    """In how many plausible sets of numbers a level of urgency stays, and what it is in the others."""
    words = text()
    others = ", ".join(
        f"{words['levels'][other].partition(':')[0]} {percent(share)}"
        for other, share in sure.levels.items()
        if share > 0.0 and other != level
    )
    return str(words["same_level" if others else "same_level_always"]).format(share=percent(sure.level), others=others)


def _name(row: Row, voice: Voice) -> str:
    return row.plain if voice == "plain" else row.clinical


def _advice(report: Report, voice: Voice) -> Iterator[str]:
    words = text()
    yield from ("", f"## {words['advice']}")
    names = {row.condition: _name(row, voice) for row in report.rows} | {EVERYBODY: words["everybody"]}
    given = [line for line in report.advice if line.status != "withheld"]
    for about, lines in groupby(given, key=lambda line: line.about):
        yield from ("", f"### {names[about]}", "")
        for line in lines:
            yield f"- {words['kinds'][line.kind]}: {getattr(line, voice)} [{line.source}]"
    kept = [line for line in report.advice if line.status == "withheld"]
    if kept:
        yield from ("", f"### {words['withheld']}", "")
        yield from (f"- {getattr(line, voice)} ({_why(line)})" for line in kept)


def _why(line: AdviceLine) -> str:
    return line.reason or str(text()["wait"])


def _foot(report: Report) -> Iterator[str]:
    words = text()
    yield from ("", f"## {words['sources']}", "")
    yield from (f"- [{key}] {citation}" for key, citation in report.sources.items())
    stamp = words["stamp"].format(version=report.version, digest=report.priors_digest[:12], date=report.written_on)
    yield from ("", words["disclaimer"], "", stamp)
