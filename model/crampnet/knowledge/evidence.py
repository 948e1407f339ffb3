"""The evidence table: every figure with its value, interval, definition, basis, grade and source, as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from crampnet.knowledge.estimate import Number, Shape
from crampnet.knowledge.knowledge import Knowledge
from crampnet.knowledge.numbers import Row, all_grounds
from crampnet.knowledge.records_general import Source

_HEAD = "| key | value | 90 % interval | what it counts, among whom | basis | grade | source | reason or arithmetic |"


def evidence_table(knowledge: Knowledge) -> str:
    """The whole document."""
    rows = list(all_grounds(knowledge))
    parts = [*_opening(knowledge, rows), *_figures(rows), *_sources(knowledge), *_rejected(knowledge)]
    return "\n".join(parts).rstrip() + "\n"


def _opening(knowledge: Knowledge, rows: list[Row]) -> Iterator[str]:
    yield "# Evidence"
    yield ""
    yield "Generated from the files of this folder by `crampnet render`; correct the files, not this table."
    yield ""
    bases = Counter(row.grounds.basis for row in rows)
    grades = Counter(row.grounds.grade for row in rows if row.grounds.grade is not None)
    yield f"{len(rows)} entries: {', '.join(f'{count} {basis}' for basis, count in sorted(bases.items()))}."
    yield ""
    yield "| grade | meaning | entries |"
    yield "| --- | --- | --- |"
    for letter, grade in sorted(knowledge.grades.items()):
        yield f"| {letter} | {_cell(f'{grade.name}: {grade.meaning}')} | {grades[letter]} |"


def _figures(rows: list[Row]) -> Iterator[str]:
    for file, group in groupby(rows, key=lambda row: row.file):
        yield from ("", f"## {file}", "", _HEAD, "| --- " * 8 + "|")
        yield from (_line(row) for row in group)


def _line(row: Row) -> str:
    grounds = row.grounds
    value, interval, among = row.said, "", ""
    others: list[str] = []
    if isinstance(grounds, Number):
        value = f"{grounds.value:g}" + (f" ({grounds.reported})" if grounds.reported else "")
        interval = f"{grounds.interval[0]:g} to {grounds.interval[1]:g}"
        among = f" ({grounds.population})" if grounds.population else ""
        others = [f"{other.source}: {other.value:g}, not used: {other.why_not}" for other in grounds.alternatives]
    also = f"also {', '.join(grounds.also)}" if isinstance(grounds, Shape) and grounds.also else ""
    where = ", ".join(part for part in (grounds.source, grounds.locator, also, _checked(grounds.checked_on)) if part)
    why = " ".join(part for part in (grounds.reason, grounds.arithmetic, grounds.note, *others) if part)
    cells = (row.key, value, interval, row.definition + among, grounds.basis, grounds.grade or "", where, why)
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _checked(day: str | None) -> str:
    return f"checked {day}" if day else ""


def _sources(knowledge: Knowledge) -> Iterator[str]:
    yield from ("", "## Sources", "")
    for key, source in sorted(knowledge.sources.items()):
        yield f"- **{key}**: {_one_line(_described(source))}"


def _described(source: Source) -> str:
    numbers = [
        f"doi {source.doi}" if source.doi else "",
        f"PMID {source.pmid}" if source.pmid else "",
        source.url or "",
    ]
    about = [source.design, source.population or "", f"n = {source.n}" if source.n else ""]
    read = f"Read: {source.read.replace('_', ' ')}, {source.checked_on}."
    return " ".join([source.citation, *(f"{text}." for text in numbers + about if text), read, source.note or ""])


def _rejected(knowledge: Knowledge) -> Iterator[str]:
    yield from ("", "## Looked at and not used", "")
    for source in knowledge.rejected:
        yield f"- {_one_line(f'{source.citation} About: {source.about}. Reason: {source.reason}')}"


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


def _one_line(text: str) -> str:
    return " ".join(text.split())
