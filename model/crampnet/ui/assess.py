"""The Assess page: questions on the left, the live answer on the right; one below the other on narrow screens."""

from __future__ import annotations

import streamlit as st

from crampnet.ui import answer as answers
from crampnet.ui import casefile, voice
from crampnet.ui.answer.markup import element, html
from crampnet.ui.service import Desk, Outcome, answer
from crampnet.ui.state import fill, go, jump_due, session, shown
from crampnet.ui.steps import STEPS
from crampnet.ui.text import words
from crampnet.ui.watch import results_of, watch

HEADING = "step-heading"


def draw(desk: Desk) -> None:
    """Draw the page, the answer before the questions: it is what changes."""
    outcome = answer(desk)
    seen = results_of(outcome)
    with st.container(key="status"):
        answers.draw_status(outcome)
    with st.container(horizontal=True, vertical_alignment="bottom", key="masthead"):
        html(element("h1", words("title"), "cn-title"), element("p", words("lede"), "cn-lede"))
        asking = casefile.draw(desk)
    casefile.draw_notice()
    with st.container(key="assess"):
        left, right = st.columns([11, 9], gap="large")
        with right, st.container(key="answer"):
            with st.container(horizontal=True, vertical_alignment="center", key="answer_head"):
                html(element("h2", words("answer.heading"), "cn-heading", id="answer"))
                voice.choose()
            answers.draw(desk, outcome)
        with left, st.container(key="questions"):
            _questions(desk, outcome)
    watch(outcome, seen, paused=asking)


def _questions(desk: Desk, outcome: Outcome) -> None:
    names = words("steps")
    current = session()
    st.pills(
        words("step_label"),
        list(STEPS),
        format_func=names.__getitem__,
        key=fill("step", current.step),
        on_change=_show_step,
        required=True,
        label_visibility="collapsed",
        wrap=True,
    )
    order = list(STEPS)
    number = order.index(current.step) + 1
    heading = words("step_heading").format(number=number, count=len(order), name=names[current.step])
    html(element("h2", heading, "cn-heading", id=HEADING, tabindex="-1"))
    STEPS[current.step](desk, outcome)
    _onward(order, number)
    _jump()


def _jump() -> None:
    """Take the reader to the heading of the step after a button below it was used."""
    number = jump_due()
    if number is not None:
        top = f"document.getElementById({HEADING!r})"
        script = f"{top}?.focus({{preventScroll: true}}); {top}?.scrollIntoView();"
        st.html(f"<script>/* {number} */ {script}</script>", unsafe_allow_javascript=True)


def _show_step() -> None:
    session().step = shown("step")


def _onward(order: list[str], number: int) -> None:
    """Buttons to the steps before and after."""
    with st.container(horizontal=True, key="onward", horizontal_alignment="distribute"):
        if number > 1:
            st.button(words("back"), key="back", on_click=go, args=(order[number - 2],), icon=":material/arrow_back:")
        if number < len(order):
            following = order[number]
            text = words("next").format(name=words("steps")[following])
            st.button(text, key="next", on_click=go, args=(following,), type="primary")
