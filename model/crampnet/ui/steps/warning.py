"""Step 3: the warning signs, a checklist at a time, gravest first: tick what is there, or say none of these."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from crampnet.api import Model
from crampnet.reasoning.next_steps import MEDICINES, Checklist
from crampnet.ui.answer.markup import element, html
from crampnet.ui.draft import UNKNOWN, YES, Draft
from crampnet.ui.service import Desk, Outcome
from crampnet.ui.signs import remaining, signs_of
from crampnet.ui.state import fill, go, session, shown
from crampnet.ui.steps.question import ask, described
from crampnet.ui.text import count, escape, words


def draw(desk: Desk, outcome: Outcome) -> None:
    """Draw the step: the list that is due, or what there is to say when none is."""
    st.markdown(words("warning.intro"))
    left = _left(desk.model, outcome, session().draft)
    checklist = _due([one for one in left if MEDICINES not in one.signs])
    if checklist is None:
        st.markdown(words("warning.done"))
    else:
        _list(desk, outcome, checklist)
    if any(MEDICINES in one.signs for one in left):
        _medicines()
    _turn()
    on_list = frozenset[str]() if checklist is None else frozenset(checklist.signs)
    waiting = signs_of(left)
    if not on_list.issuperset(waiting):
        _all(desk, waiting)


def _left(model: Model, outcome: Outcome, draft: Draft) -> Sequence[Checklist]:
    """The lists that could still raise the level; while there is no current answer, those of every level."""
    above = outcome.report.urgency.level if outcome.report is not None and outcome.current else None
    return remaining(model, draft, session().answer, above)


def _due(left: Sequence[Checklist]) -> Checklist | None:
    """The list to show: one that was shown before stays as it was, the newest only once something on it is answered."""
    current = session()
    while current.lists and not _touched(current.lists[-1]):
        current.lists = current.lists[:-1]
    if current.list_place >= len(current.lists):
        current.lists, current.list_place = (*current.lists, *left[:1]), len(current.lists)
    return current.lists[current.list_place] if current.list_place < len(current.lists) else None


def _touched(checklist: Checklist) -> bool:
    return any(sign in session().draft.answers for sign in checklist.signs)


def _list(desk: Desk, outcome: Outcome, checklist: Checklist) -> None:
    questions = [desk.catalog.questions[sign] for sign in checklist.signs]
    html(element("h3", words(f"warning.levels.{checklist.level}"), "cn-small-heading"))
    st.markdown(f"**{words('warning.ask')}** :small[:gray[{_place(desk.model, outcome, checklist)}]]")
    with st.container(key="signs", gap="xsmall"):
        for question in questions:
            _sign(question.id, described(question, session().voice))
    _buttons(checklist)
    with st.expander(words("warning.singly")):
        ask(questions, f"warning_{checklist.level}")


def _place(model: Model, outcome: Outcome, checklist: Checklist) -> str:
    """Which list this is, and of how many: those shown, and those left if all else on this one is answered with no."""
    current = session()
    draft = current.draft
    for sign in _unanswered(checklist):
        draft = draft.answer(sign, "absent")
    later = [one for one in _left(model, outcome, draft) if MEDICINES not in one.signs]
    return str(words("warning.place")).format(number=current.list_place + 1, count=len(current.lists) + len(later))


def _sign(name: str, label: str) -> None:
    state = session().draft.answers.get(name)
    said = "" if state in (None, "present") else f" :small[:gray-badge[{words('replies.asked')[state]}]]"
    key = f"sign_{name}"
    st.checkbox(label + said, key=fill(key, state in YES), on_change=_ticked, args=(name, key))


def _ticked(name: str, key: str) -> None:
    """A tick is a yes; without it the sign is unanswered, until a button says what that means."""
    current = session()
    current.draft = current.draft.answer(name, "present" if shown(key) else None)
    current.dismissed = tuple(other for other in current.dismissed if other != name)


def _unanswered(checklist: Checklist) -> tuple[str, ...]:
    """Signs of a list without any answer; "don't know" is one and stays."""
    return tuple(sign for sign in checklist.signs if sign not in session().draft.answers)


def _buttons(checklist: Checklist) -> None:
    """What is said of the signs that are not ticked; each button moves on.

    Each list has buttons of its own, which take no pointer at first (style.css): the second half of a double click must
    not answer a list that nobody has read.
    """
    place = session().list_place
    waiting = _unanswered(checklist)
    some = any(session().draft.answers.get(sign) in YES for sign in checklist.signs)
    with st.container(horizontal=True, vertical_alignment="center", key=f"none_of_these_{('even', 'odd')[place % 2]}"):
        if not waiting:
            st.button(
                words("warning.onward"), key=f"none_{place}", on_click=_answer, args=((), "absent"), type="primary"
            )
            return
        none = words("warning.others") if some else count("warning.none", len(waiting))
        st.button(none, key=f"none_{place}", on_click=_answer, args=(waiting, "absent"), type="primary", wrap=True)
        unknown = words("warning.others_unknown" if some else "warning.unknown")
        st.button(unknown, key=f"unknown_{place}", on_click=_answer, args=(waiting, UNKNOWN), wrap=True)


def _answer(names: tuple[str, ...], state: str) -> None:
    current = session()
    for name in names:
        current.draft = current.draft.answer(name, state)
    go(dismissed=names if state == "absent" else (), list_place=current.list_place + 1)


def _medicines() -> None:
    """The way to the step that asks for medicines: some warning signs hang on them."""
    with st.container(horizontal=True, vertical_alignment="center", key="warning_medicines"):
        st.markdown(words("warning.medicines"), width="stretch")
        st.button(words("steps.medicines"), key="go_medicines", on_click=go, args=("medicines",))


def _turn() -> None:
    """Back to the lists before and on to those after, and the undo of the last button."""
    current = session()
    dismissed = _dismissed()
    with st.container(horizontal=True, vertical_alignment="center", key="turn_lists"):
        for name, step, there in (
            ("earlier", -1, current.list_place > 0),
            ("later", 1, current.list_place + 1 < len(current.lists)),
        ):
            if there:
                place = {"list_place": current.list_place + step}
                st.button(words(f"warning.{name}"), key=f"list_{name}", on_click=go, kwargs=place, type="tertiary")
        if dismissed:
            st.button(count("warning.undo", len(dismissed)), key="undo", on_click=_restore, type="tertiary", wrap=True)


def _all(desk: Desk, waiting: Sequence[str]) -> None:
    """Every sign that is left in short, for those who can say at a glance that none is there."""
    with st.expander(str(words("warning.short")).format(count=len(waiting))):
        names = [desk.catalog.questions[sign].name(session().voice) for sign in waiting]
        st.markdown("\n".join(f"- {escape(name)}" for name in names))
        text = str(words("warning.none_at_all")).format(count=len(waiting))
        st.button(text, key="none_at_all", on_click=_answer, args=(tuple(waiting), "absent"), wrap=True)


def _dismissed() -> tuple[str, ...]:
    answers = session().draft.answers
    return tuple(name for name in session().dismissed if answers.get(name) == "absent")


def _restore() -> None:
    current = session()
    for name in _dismissed():
        current.draft = current.draft.answer(name, None)
    places = [place for place, one in enumerate(current.lists) if set(one.signs) & set(current.dismissed)]
    go(dismissed=(), list_place=min(places, default=len(current.lists)))
