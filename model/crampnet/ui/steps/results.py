"""Step 7: test results as a number with a unit, each checked before it is taken."""

from __future__ import annotations

import streamlit as st

from crampnet.errors import CrampnetError
from crampnet.inference.measurements import read_quantity
from crampnet.knowledge import Knowledge
from crampnet.knowledge.people import EVERYBODY
from crampnet.knowledge.records_findings import Measurement
from crampnet.ui.naming import explained
from crampnet.ui.service import Desk, Outcome
from crampnet.ui.state import fill, go, session, shown, voiced
from crampnet.ui.steps.question import ask
from crampnet.ui.text import escape, words


def draw(desk: Desk, outcome: Outcome) -> None:
    """Draw the step."""
    del outcome
    st.markdown(words("results.intro"))
    tests = desk.model.knowledge.measurements
    if tests:
        _test(desk.model.knowledge)
        chosen = tests.get(session().test or "")
        if chosen is not None:
            _entry(desk.model.knowledge, chosen)
            _without_number(desk, chosen)
    _entered(desk.model.knowledge)
    _elsewhere(desk)


def _test(knowledge: Knowledge) -> None:
    voice, key = session().voice, voiced("test")
    tests = sorted(knowledge.measurements, key=lambda name: getattr(knowledge.name(name), voice).casefold())
    st.selectbox(
        words("results.test"),
        tests,
        format_func=lambda name: str(getattr(knowledge.name(name), voice)),
        key=fill(key, session().test),
        placeholder=words("results.test_hint"),
        on_change=_change_test,
        args=(key,),
    )


def _change_test(key: str) -> None:
    current = session()
    current.test, current.number, current.unit, current.entry_error = shown(key), None, None, ""


def _entry(knowledge: Knowledge, test: Measurement) -> None:
    units = [test.unit, *test.units]
    current = session()
    number, unit, add = st.columns([2, 2, 2], vertical_alignment="bottom", gap="small")
    with number:
        st.number_input(
            words("results.number"),
            value=None,
            format="%.10g",
            step=0.01,
            key=fill("number", current.number),
            on_change=_change_entry,
        )
    with unit:
        st.selectbox(
            words("results.unit"),
            units,
            key=fill("unit", current.unit if current.unit in units else units[0]),
            on_change=_change_entry,
        )
    with add:
        text = words("results.replace" if test.id in current.draft.results else "results.add")
        st.button(text, key="add_result", on_click=_add, args=(knowledge, test), type="primary", width="stretch")
    if current.entry_error:
        st.error(current.entry_error, icon=":material/error:")
    st.caption(f"{words('results.reference')}: {_reference(test)}")


def _change_entry() -> None:
    current = session()
    current.number, current.unit, current.entry_error = shown("number"), shown("unit"), ""


def _add(knowledge: Knowledge, test: Measurement) -> None:
    current = session()
    current.number, current.unit = shown("number"), shown("unit")
    if current.number is None:
        current.entry_error = words("results.empty")
        return
    given = f"{current.number:.10g} {current.unit}".strip()
    try:
        read_quantity(test, given)
    except CrampnetError as error:
        current.entry_error = explained(error, knowledge, current.voice)
        return
    current.draft = current.draft.result(test.id, given)
    current.test = current.number = current.unit = None
    current.entry_error = ""


def _reference(test: Measurement) -> str:
    ranges = (f"{_who(who)} {low:g} to {high:g}".strip() for who, (low, high) in test.reference.items() if _fits(who))
    return f"{', '.join(ranges)} {test.unit}".strip()


def _fits(key: str) -> bool:
    """Whether a group of people may hold the person of the draft."""
    draft = session().draft
    sex, *ages = key.split("_")
    if draft.sex is not None and sex not in (EVERYBODY, draft.sex):
        return False
    return draft.age is None or not ages or int(ages[0]) <= int(draft.age) <= int(ages[1])


def _who(key: str) -> str:
    """A group of people in words, such as "women 40 to 59"; nothing for everybody."""
    sex, *ages = key.split("_")
    band = str(words("results.ages")).format(first=ages[0], last=ages[1]) if ages else ""
    return f"{words('results.who')[sex]} {band}".strip()


def _without_number(desk: Desk, test: Measurement) -> None:
    """Its abnormalities as plain questions, for people who were only told "low"."""
    if test.id in session().draft.results:
        return
    with st.expander(words("results.without_number")):
        ask([desk.catalog.questions[name] for name in test.abnormalities], "told")


def _entered(knowledge: Knowledge) -> None:
    results = session().draft.results
    if not results:
        return
    st.subheader(words("results.entered"), anchor=False)
    for test, given in results.items():
        name = getattr(knowledge.name(test), session().voice)
        with st.container(horizontal=True, vertical_alignment="center", key=f"entered_{test}"):
            st.markdown(f"{escape(name)}: **{escape(given)}**{_read(test, given)}", width="stretch")
            st.button(words("results.remove"), key=f"remove_{test}", on_click=_remove, args=(test,), type="tertiary")


def _read(test: str, given: str) -> str:
    """How the last answer read a result with the help of another; nothing where it has another value of it."""
    answer = session().answer
    if answer is None or answer.case.results.get(test) != given:
        return ""
    found = next((line.read for line in answer.report.readings if line.test == test), "")
    return f" ({escape(found)})" if found else ""


def _remove(test: str) -> None:
    current = session()
    current.draft = current.draft.result(test, None)


def _elsewhere(desk: Desk) -> None:
    topics = [topic for topic in words("results.jump") if topic in desk.catalog.topics]
    if not topics:
        return
    st.caption(words("results.elsewhere"))
    with st.container(horizontal=True):
        for topic in topics:
            fields = {"topic": topic, "search": "", "page": 1}
            st.button(
                words(f"results.jump.{topic}"), key=f"jump_{topic}", on_click=go, args=("findings",), kwargs=fields
            )
