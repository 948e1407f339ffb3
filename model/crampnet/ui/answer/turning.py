"""What would turn the result: the smallest changes of answers that bring another first row or another urgency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st

from crampnet.report.deeper import turn_leader, turn_level
from crampnet.report.insights import Turning
from crampnet.ui.answer.insight import insight, show
from crampnet.ui.answer.markup import Markup, element
from crampnet.ui.service import Outcome
from crampnet.ui.text import report_words, words


def draw(outcome: Outcome, voice: str) -> None:
    """The expander."""
    with st.expander(words("turning.label")):
        found = insight(outcome, "turning")
        show(found, [] if found.value is None else list(_turning(found.value, voice)), "turning")


def _turning(turning: Turning, voice: str) -> Iterator[Markup]:
    yield element("h4", words("turning.leader"))
    yield _list([turn_leader(turn, voice) for turn in turning.to_leader], "turn_leader_none")
    yield element("h4", words("turning.level"))
    yield _list([turn_level(turn, voice) for turn in turning.to_level], "turn_level_none")


def _list(lines: Sequence[str], nothing: str) -> Markup:
    if not lines:
        return element("p", report_words(nothing))
    return element("ul", [element("li", line) for line in lines])
