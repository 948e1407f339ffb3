"""The ranking as calm bars: what may be behind it, how likely in words and figures, and what must not be missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from crampnet.report import Report, Row
from crampnet.ui.answer.markup import Markup, element, html
from crampnet.ui.service import Desk
from crampnet.ui.text import chance, percent, report_words, words

TOP = 6
"""Rows that are always shown."""
WORTH_A_LOOK = 0.01
"""A grave condition is listed from this chance on."""


@dataclass(frozen=True)
class Selection:
    """Rows to show: the first ones and those always shown, in order of rank; and grave ones further down."""

    rows: tuple[Row, ...]
    serious: tuple[Row, ...]


def select(report: Report, always: Sequence[str], grave: Sequence[str]) -> Selection:
    """Choose the rows. always: ids of rows that are shown at any rank; grave: levels that must not be missed."""
    first = {row.condition for row in report.rows[:TOP]} | set(always)
    serious = (
        row
        for row in report.rows
        if row.condition not in first and row.level in grave and max(row.contributes, row.present) >= WORTH_A_LOOK
    )
    return Selection(tuple(row for row in report.rows if row.condition in first), tuple(serious))


def draw(desk: Desk, report: Report, voice: str) -> None:
    """The bars, and the grave and unlikely below."""
    grave = desk.model.knowledge.losses.levels[-2:]
    chosen = select(report, list(words("always_shown")), grave)
    by = report.ranked_by
    heading = words("answer.ranking" if by == "contributes" else "answer.ranking_present")
    html(
        element("h3", heading, "cn-heading"),
        element("p", f"{report_words(f'ranking_{by}')} {words('answer.tick')}", "cn-note"),
        _rows(chosen.rows, by, voice),
    )
    if chosen.serious:
        with st.expander(str(words("answer.serious")).format(count=len(chosen.serious))):
            html(element("p", words("answer.serious_body"), "cn-note"), _rows(chosen.serious, by, voice))


def _rows(rows: Sequence[Row], by: str, voice: str) -> Markup:
    return element("ol", [_row(row, by, voice) for row in rows], "cn-rows")


def _row(row: Row, by: str, voice: str) -> Markup:
    share: float = getattr(row, by)
    special = words("always_shown").get(row.condition)
    name, other = _names(row, voice)
    head = [element("strong", special or name, "cn-name"), element("span", chance(share), "cn-chance")]
    small = name if special else other
    figures = [str(words("answer.base")).format(percent=percent(row.base_rate))]
    if by == "contributes":
        figures.insert(0, str(words("answer.present")).format(percent=percent(row.present)))
    under = [element("span", small), element("span", " · ".join(figures))]
    return element(
        "li",
        [
            element("div", head, "cn-row-head"),
            element(
                "div", [_bar(row, share, special or name), element("span", percent(share), "cn-percent")], "cn-row-bar"
            ),
            element("div", under, "cn-row-under"),
        ],
        "cn-special" if special else "",
    )


def _names(row: Row, voice: str) -> tuple[str, str]:
    """The name in the chosen voice, and in the other where it differs."""
    first, second = (row.plain, row.clinical) if voice == "plain" else (row.clinical, row.plain)
    return first, "" if first == second else second


def _bar(row: Row, share: float, name: str) -> Markup:
    said = str(words("answer.bar")).format(name=name, share=percent(share), base=percent(row.base_rate))
    fill = element("span", "", "cn-fill", style=f"width:{max(share, 0.004):.1%}")
    tick = element("span", "", "cn-tick", style=f"left:{min(row.base_rate, 0.996):.1%}")
    return element("div", [fill, tick], "cn-bar", role="img", aria_label=said)
