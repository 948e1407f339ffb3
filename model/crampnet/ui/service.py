"""The model behind the pages: loaded once, asked once for each change, with what is wrong told field by field."""

from __future__ import annotations

import os
import sys
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from crampnet.api import INSIGHTS, Answer, Model, load_model
from crampnet.errors import CrampnetError
from crampnet.inference.case import Case
from crampnet.inference.evidence import read_evidence
from crampnet.reasoning.next_steps import BY_ASKING
from crampnet.report import Report
from crampnet.report.asking import make_next
from crampnet.report.insights import Next
from crampnet.ui.background import Background, Job, Part
from crampnet.ui.catalog import Catalog
from crampnet.ui.state import session

PRIORS = "CRAMPNET_PRIORS"
"""Environment variable that names another folder of knowledge than the shipped one."""
COMPARISON = "comparison"
QUESTIONS = "questions"
"""The part that holds the questions of the next steps, before the examinations and tests are weighed."""
COMPILING = 20.0
"""Seconds for which what fills in waits for the compiled engine; then it goes on with the plain one."""
TURN = 0.0001
"""Seconds after which a thread that computes lets another one go on: the page must not wait for the work beside it.

Each of the eighty messages of a drawing lets go of Python once, so the page waits eighty turns beside a busy thread:
with Python's own 0.005 it takes several times as long (benchmarks/page_latency.py). Shorter turns cost nothing here.
"""


@dataclass(frozen=True)
class Desk:
    """A model, the questions that it can be asked, and the work that goes on beside the page."""

    model: Model
    catalog: Catalog
    background: Background


@dataclass(frozen=True)
class Outcome:
    """What the pages show: the last good report, whether it answers the entries as they are, and what is wrong.

    report is None while nothing was ever answered; error is what keeps the entries from being answered; job works out
    what takes longer about the report.
    """

    report: Report | None
    current: bool
    error: CrampnetError | None = None
    job: Job | None = None


def desk() -> Desk:
    """The model of this process. Raises KnowledgeError."""
    return _load(os.environ.get(PRIORS) or None)


@st.cache_resource(show_spinner=False)
def _load(priors: str | None) -> Desk:
    sys.setswitchinterval(TURN)
    model = load_model(priors)
    model.ready(0)
    model.network()
    return Desk(model, Catalog(model.vocabulary), Background(first=lambda: model.ready(COMPILING)))


def answer(desk: Desk) -> Outcome:
    """The answer to the entries as they are; computed once for each change of them."""
    current = session()
    if current.draft.empty:
        current.answer = current.answered = current.error = current.job = None
        desk.background.drop(current.owner)
        return Outcome(None, current=True)
    case = current.draft.to_case()
    if case != current.answered:
        try:
            current.answer, current.error = desk.model.diagnose(case), None
        except CrampnetError as error:
            current.error = error
        current.answered = case
    if current.answer is not None and not current.error:
        current.job = _job(desk, current.answer)
    good = not current.error and not current.entry_error
    return Outcome(current.report, current=good, error=current.error, job=current.job)


def _job(desk: Desk, found: Answer) -> Job:
    """What takes longer about an answer; questions that were asked in vain are not offered again."""
    current = session()
    skipped = tuple(sorted(current.draft.passed))
    return desk.background.begin(current.owner, (repr(found.case), skipped), lambda: _parts(found, skipped))


def _parts(found: Answer, skipped: tuple[str, ...]) -> Mapping[Hashable, Part]:
    parts: dict[Hashable, Part] = {}
    for name, make in INSIGHTS.items():
        if name == "next":
            parts[QUESTIONS] = partial(_questions, found, skipped)
        parts[name] = partial(make, found, skipped)
    parts[COMPARISON, found.report.rows[1].condition] = parts.pop(COMPARISON)
    return parts | {"sureness": partial(_sureness, found)}


def _questions(found: Answer, skipped: tuple[str, ...]) -> Next:
    """What to ask next, without what to examine and test, which takes longer."""
    return make_next(found.knowledge, found.next_steps_without(skipped, BY_ASKING))


def _sureness(found: Answer) -> Iterator[Any]:
    """How sure, worked out draw by draw, so that it can be put aside for a newer answer."""
    yield from found.refining()
    yield INSIGHTS["sureness"](found, ())


def compare(desk: Desk, other: str) -> None:
    """Have the first row contrasted with another condition."""
    current = session()
    if current.job is not None and current.answer is not None:
        work = partial(current.answer.comparison, other)
        desk.background.add(current.owner, current.job, (COMPARISON, other), work)


def result(outcome: Outcome, part: str) -> Any:
    """A part that was worked out about an outcome, the exception where it failed, or None while it is not there."""
    if outcome.job is None:
        return None
    return outcome.job.results.get((COMPARISON, session().versus) if part == COMPARISON else part)


def trouble(model: Model, case: Case) -> CrampnetError | None:
    """What is wrong with a few entries taken by themselves; how a message finds its field."""
    try:
        read_evidence(model.knowledge, model.vocabulary, model.network(case.setting), case)
    except CrampnetError as error:
        return error
    return None
