"""Step 3: the warning signs, grave ones first, a page at a time, with one button for "none of these"."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from crampnet.ui.answer.markup import element, html
from crampnet.ui.catalog import Question
from crampnet.ui.service import Desk, Outcome
from crampnet.ui.signs import WarningSigns
from crampnet.ui.state import fill, go, session, shown
from crampnet.ui.steps.field import turn
from crampnet.ui.steps.question import ask
from crampnet.ui.text import count, escape, words

ROWS = 12
"""Questions drawn at a time."""

Signs = Sequence[tuple[str, Question]]
"""Level of the rule and question, in the order to ask."""


def draw(desk: Desk, outcome: Outcome) -> None:
    """Draw the step."""
    del outcome
    st.markdown(words("warning.intro"))
    group = _group(desk.signs)
    signs = _collect(desk.signs, group)
    if not signs:
        st.markdown(words("warning.nothing"))
        return
    pages = -(-len(signs) // ROWS)
    page = min(session().warning_page, pages)
    drawn = signs[(page - 1) * ROWS : page * ROWS]
    _ask(drawn)
    _none(_open(drawn), page, pages)
    turn("warning_page", page, pages)
    if pages > 1:
        _all(signs, pages)


def _group(signs: WarningSigns) -> str:
    """Choose between what needs care soon and what needs an appointment."""
    names = {name: group["name"] for name, group in words("warning.groups").items()}
    offered = [name for name in names if _collect(signs, name)]
    current = session()
    if current.warning_group not in offered and offered:
        current.warning_group = offered[0]
    if len(offered) > 1:
        st.segmented_control(
            words("steps.warning"),
            offered,
            format_func=names.__getitem__,
            key=fill("warning_group", current.warning_group),
            on_change=_show_group,
            required=True,
            label_visibility="collapsed",
            wrap=True,
        )
    return current.warning_group


def _show_group() -> None:
    session().warning_group, session().warning_page = shown("warning_group"), 1


def _collect(signs: WarningSigns, group: str) -> Signs:
    """The questions of a group, each once, under the gravest level that asks it."""
    levels = words(f"warning.groups.{group}.levels") if group else []
    answers = session().draft.answers
    found: dict[str, tuple[str, Question]] = {}
    for level in words("warning.levels"):
        for question in signs.shown(level, answers):
            found.setdefault(question.id, (level, question))
    return [pair for pair in found.values() if pair[0] in levels]


def _open(signs: Signs) -> tuple[str, ...]:
    answered = session().draft.answered
    return tuple(question.id for _, question in signs if question.id not in answered)


def _ask(signs: Signs) -> None:
    for level in dict.fromkeys(level for level, _ in signs):
        html(element("h3", words(f"warning.levels.{level}"), "cn-small-heading"))
        ask([question for own, question in signs if own == level], f"warning_{level}")


def _none(waiting: tuple[str, ...], page: int, pages: int) -> None:
    """The button for a page; it moves on to the next one."""
    with st.container(horizontal=True, vertical_alignment="center", key="none_of_these"):
        if waiting:
            text = str(words("warning.none")).format(count=len(waiting))
            st.button(
                text, key="none", on_click=_dismiss, args=(waiting, min(page + 1, pages)), type="primary", wrap=True
            )
        else:
            st.markdown(words("warning.done"))
        dismissed = _dismissed()
        if dismissed:
            st.button(count("warning.undo", len(dismissed)), key="undo", on_click=_restore, type="tertiary", wrap=True)


def _all(signs: Signs, pages: int) -> None:
    """Every sign in short, for those who can say at a glance that none is there."""
    waiting = _open(signs)
    if not waiting:
        return
    voice = session().voice
    with st.expander(str(words("warning.short")).format(count=len(waiting))):
        lines = [f"- {escape(question.name(voice))}" for _, question in signs if question.id in waiting]
        st.markdown("\n".join(lines))
        text = str(words("warning.none_at_all")).format(count=len(waiting))
        st.button(text, key="none_at_all", on_click=_dismiss, args=(waiting, pages), wrap=True)


def _dismissed() -> tuple[str, ...]:
    answers = session().draft.answers
    return tuple(name for name in session().dismissed if answers.get(name) == "absent")


def _dismiss(names: tuple[str, ...], page: int) -> None:
    current = session()
    for name in names:
        current.draft = current.draft.answer(name, "absent")
    current.dismissed = (*_dismissed(), *names)
    go(warning_page=page)


def _restore() -> None:
    current = session()
    for name in _dismissed():
        current.draft = current.draft.answer(name, None)
    go(dismissed=(), warning_page=1)
