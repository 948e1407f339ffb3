"""Step 4: every question, by search or by topic, a page at a time, and those already answered."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from crampnet.ui.catalog import Catalog, Question
from crampnet.ui.service import Desk, Outcome
from crampnet.ui.state import fill, go, session, shown
from crampnet.ui.steps.field import turn
from crampnet.ui.steps.question import ask
from crampnet.ui.text import count, words

ROWS = 12
"""Questions drawn at a time."""
OFFERED = 4
"""Tests offered beside what a search finds."""
ALL, ANSWERED = "all", "answered"


def draw(desk: Desk, outcome: Outcome) -> None:
    """Draw the step."""
    del outcome
    st.markdown(words("findings.intro"))
    _filters(desk.catalog)
    _numbers(desk)
    found = _found(desk.catalog)
    if not found:
        empty = "none_answered" if session().topic == ANSWERED else "none_found"
        st.markdown(words(f"findings.{empty}"))
        return
    st.caption(count("findings.count", len(found)))
    pages = -(-len(found) // ROWS)
    page = min(session().page, pages)
    ask(found[(page - 1) * ROWS : page * ROWS], "finding")
    turn("page", page, pages)


def _filters(catalog: Catalog) -> None:
    left, right = st.columns(2, gap="small", vertical_alignment="bottom")
    with left:
        st.text_input(
            words("findings.search"),
            key=fill("search", session().search),
            type="search",
            placeholder=words("findings.search_hint"),
            live="300ms",
            on_change=_narrow,
        )
    with right:
        st.selectbox(
            words("findings.topic"),
            [ALL, ANSWERED, *catalog.topics],
            format_func=_topic_name,
            key=fill("topic", session().topic),
            on_change=_narrow,
        )


def _topic_name(topic: str) -> str:
    if topic == ALL:
        return str(words("findings.all"))
    if topic == ANSWERED:
        return str(words("findings.answered"))
    return str(words(f"topics.{topic}"))


def _found(catalog: Catalog) -> Sequence[Question]:
    current = session()
    if current.topic == ANSWERED:
        return [catalog.questions[name] for name in current.draft.answered]
    topic = None if current.topic == ALL else current.topic
    if current.search.strip():
        return catalog.search(current.search, topic)
    return catalog.listed if topic is None else catalog.under([topic])


def _narrow() -> None:
    current = session()
    current.search, current.topic, current.page = shown("search") or "", shown("topic") or ALL, 1


def _numbers(desk: Desk) -> None:
    """Tests with a number that fit the search, each as a way to the step that takes numbers."""
    wanted = session().search
    tests = desk.catalog.tests(wanted)[:OFFERED] if wanted.strip() else ()
    if not tests:
        return
    with st.container(horizontal=True, key="numbers"):
        for test in tests:
            name = getattr(desk.model.knowledge.name(test), session().voice)
            text = str(words("findings.number")).format(name=name)
            st.button(text, key=f"number_{test}", on_click=go, args=("results",), kwargs={"test": test}, wrap=True)
