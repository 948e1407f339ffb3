"""What to ask, examine or test next, what each would settle, and the way to where it can be answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st

from crampnet.reasoning.next_steps import MEDICINES
from crampnet.report.deeper import left_out, stopped
from crampnet.report.insights import Next, NextStep, Possible, Shifted, SignList
from crampnet.ui.answer.insight import Insight, insight
from crampnet.ui.answer.markup import Markup, element, html
from crampnet.ui.places import place
from crampnet.ui.service import QUESTIONS, Desk, Outcome
from crampnet.ui.state import go
from crampnet.ui.text import called, count, percent, report_words, words

MOST_QUESTIONS = 3
"""Questions that are shown, the best first."""
TESTS = 2
"""Examinations and tests that are shown of each cost tier; only those that would matter."""
QUESTION = "answer"


def draw(desk: Desk, outcome: Outcome, voice: str) -> None:
    """The best questions in full view, as soon as they are there; examinations and tests once they are opened."""
    found = insight(outcome, "next")
    with st.container(key="next_questions", gap="xsmall"):
        html(element("h3", words("following.heading"), "cn-heading"))
        early = insight(outcome, QUESTIONS)
        _questions(desk, found if found.fresh or not early.fresh else early, voice)
    tests = st.expander(words("following.tests"), key="tests", on_change="rerun")
    if tests.open:
        with tests, st.container(key="next_tests", gap="xsmall"):
            _tests(desk, found, voice)


def _questions(desk: Desk, found: Insight, voice: str) -> None:
    if found.value is None:
        said = "insight.failed" if found.failed else "insight.waiting"
        html(element("div", [element("p", words(said), "cn-note")], "cn-waiting cn-waiting-next"))
        return
    html(*_head(found.value, voice))
    stale = "" if found.fresh else "cn-stale"
    if found.value.checklists:
        _checklists(found.value.checklists, stale, voice)
    for number, step in enumerate([s for s in found.value.steps if s.cost == QUESTION][:MOST_QUESTIONS]):
        _row(desk, step, f"question_{number}", stale, voice)
    if found.value.left_out:
        html(element("p", left_out(found.value, voice), f"cn-note {stale}"))


def _checklists(lists: Sequence[SignList], stale: str, voice: str) -> None:
    """The first list of warning signs, how many there are, and the way to them."""
    first = lists[0].signs
    where = MEDICINES if first[0].id == MEDICINES else "warning"
    names = "; ".join(getattr(sign, voice) for sign in first)
    about = [
        element("p", words("following.checklist"), "cn-step-name"),
        element("p", names, "cn-note"),
        element("p", count("following.lists", len(lists)), "cn-note"),
    ]
    with st.container(horizontal=True, vertical_alignment="top", key="step_checklist", gap="small"):
        html(element("div", about, f"cn-step {stale}"))
        st.button(words("following.go"), key="go_checklist", on_click=go, args=(where,), width="content")


def _head(following: Next, voice: str) -> Iterator[Markup]:
    if following.stop.reached:
        yield element("p", stopped(following.stop.beyond), "cn-stop")
    yield element("p", words("following.note"), "cn-note")


def _tests(desk: Desk, found: Insight, voice: str) -> None:
    if found.value is None:
        html(element("p", words("insight.failed" if found.failed else "insight.waiting"), "cn-note"))
        return
    stale = "" if found.fresh else "cn-stale"
    useful = [step for step in found.value.steps if step.worth and step.cost != QUESTION]
    for number, bundle in enumerate(bundle for bundle in found.value.bundles if bundle.worth):
        _row(desk, bundle, f"bundle_{number}", stale, voice)
    for cost in report_words("costs"):
        steps = [step for step in useful if step.cost == cost][:TESTS]
        if steps:
            html(element("h4", report_words(f"costs.{cost}")))
        for number, step in enumerate(steps):
            _row(desk, step, f"{cost}_{number}", stale, voice)
    if not useful:
        html(element("p", words("following.no_tests"), "cn-note"))


def _row(desk: Desk, step: NextStep, key: str, stale: str, voice: str) -> None:
    """What it is, what it may change, why, and a button to where it is answered."""
    with st.container(horizontal=True, vertical_alignment="top", key=f"step_{key}", gap="small"):
        html(element("div", list(_about(desk, step, voice)), f"cn-step {stale}"))
        where = place(desk.catalog, step)
        if where is not None:
            st.button(
                words("following.go" if step.cost == QUESTION else "following.enter"),
                key=f"go_{key}",
                on_click=go,
                args=(where.step,),
                kwargs=dict(where.fields),
                width="content",
            )


def _about(desk: Desk, step: NextStep, voice: str) -> Iterator[Markup]:
    question = desk.catalog.questions.get(step.step.id)
    asked = question.ask if question is not None and voice == "plain" else ""
    yield element("p", asked or getattr(step.step, voice), "cn-step-name")
    if step.parts:
        names = ", ".join(getattr(part, voice) for part in step.parts)
        yield element("p", str(report_words("parts")).format(names=names), "cn-note")
    yield element("p", effects(step, voice), "cn-note")
    outcomes = [element("li", text) for text in _outcomes(step.outcomes, voice)]
    if outcomes:
        why = [element("summary", words("following.why")), element("ul", outcomes)]
        yield element("details", why, "cn-source")


def effects(step: NextStep, voice: str) -> str:
    """What it may change, in one line."""
    said = str(words("following.effects")).format(level=percent(step.level), advice=percent(step.advice))
    if voice == "clinical":
        said = f"{said} · {str(words('following.bits')).format(bits=f'{step.bits:.2f}')}"
    if not step.exact:
        said = str(words("following.largest")).format(effects=said)
    return said


def _outcomes(outcomes: Sequence[Possible], voice: str) -> Iterator[str]:
    for outcome in outcomes:
        found = [_move(move, voice) for move in outcome.moves[:2]]
        if outcome.level_changes:
            level = str(report_words(f"levels.{outcome.level}")).partition(":")[0]
            found.insert(0, str(words("following.level_then")).format(level=level))
        if outcome.advice_changes:
            found.append(str(words("following.advice_then")))
        line = str(words("following.outcome" if found else "following.outcome_little"))
        yield line.format(
            outcome=getattr(outcome.outcome, voice), share=percent(outcome.probability), effects="; ".join(found)
        )


def _move(move: Shifted, voice: str) -> str:
    line = str(words("following.move"))
    return line.format(name=called(move.condition, voice), before=percent(move.before), after=percent(move.after))
