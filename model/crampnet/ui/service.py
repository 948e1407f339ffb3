"""The model behind the pages: loaded once, asked once for each change, with what is wrong told field by field."""

from __future__ import annotations

import os
from dataclasses import dataclass

import streamlit as st

from crampnet.api import Model, load_model
from crampnet.errors import CrampnetError
from crampnet.inference.case import Case, write_case
from crampnet.inference.evidence import read_evidence
from crampnet.report import Report
from crampnet.ui.catalog import Catalog
from crampnet.ui.signs import WarningSigns
from crampnet.ui.state import session

PRIORS = "CRAMPNET_PRIORS"
"""Environment variable that names another folder of knowledge than the shipped one."""


@dataclass(frozen=True)
class Desk:
    """A model, the questions that it can be asked, and its warning signs."""

    model: Model
    catalog: Catalog
    signs: WarningSigns


@dataclass(frozen=True)
class Outcome:
    """What the pages show: the last good report, whether it answers the entries as they are, and what is wrong.

    report is None while nothing was ever answered; error is what keeps the entries from being answered.
    """

    report: Report | None
    current: bool
    error: CrampnetError | None = None


def desk() -> Desk:
    """The model of this process. Raises KnowledgeError."""
    return _load(os.environ.get(PRIORS) or None)


@st.cache_resource(show_spinner=False)
def _load(priors: str | None) -> Desk:
    model = load_model(priors)
    model.network()
    catalog = Catalog(model.knowledge)
    return Desk(model, catalog, WarningSigns(catalog))


def answer(model: Model) -> Outcome:
    """The answer to the entries as they are; computed once for each change of them."""
    current = session()
    if current.draft.empty:
        current.report = current.answered_text = current.error = None
        return Outcome(None, current=True)
    case = current.draft.to_case()
    text = write_case(case)
    if text != current.answered_text:
        try:
            current.report, current.error = model.diagnose(case).report, None
        except CrampnetError as error:
            current.error = error
        current.answered_text = text
    return Outcome(current.report, current=not current.error and not current.entry_error, error=current.error)


def trouble(model: Model, case: Case) -> CrampnetError | None:
    """What is wrong with a few entries taken by themselves; how a message finds its field."""
    try:
        read_evidence(model.knowledge, model.vocabulary, model.network(case.setting), case)
    except CrampnetError as error:
        return error
    return None
