"""The Accuracy page: what was measured on published cases, the measuring split first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from crampnet.errors import CrampnetError
from crampnet.ui import voice
from crampnet.ui.accuracy import calibration, further, parts
from crampnet.ui.accuracy.said import say
from crampnet.ui.answer.markup import element, html
from crampnet.ui.service import Desk
from crampnet.ui.state import session
from crampnet.ui.text import words
from crampnet.validation.stored import load_results

DIGITS = 12
"""Shown of each hash."""


def draw(desk: Desk) -> None:
    """Draw the page."""
    voiced = session().voice
    with st.container(key="accuracy"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            html(element("h1", say("title", voiced), "cn-title"))
            voice.choose()
        html(element("p", say("lede", voiced), "cn-lede"))
        try:
            results = load_results()
        except CrampnetError as error:
            _callout(words("accuracy.absent"), str(error))
            return
        _belongs(results, desk)
        _sections(results, voiced)


def _belongs(results: Mapping[str, Any], desk: Desk) -> None:
    """What was measured, and a warning where that is not what answers here."""
    versions = {name: text[:DIGITS] for name, text in results["versions"].items()}
    used = desk.model.knowledge.digest
    if results["versions"]["priors"] != used:
        body = words("accuracy.other_body").format(measured=versions["priors"], used=used[:DIGITS])
        _callout(words("accuracy.other"), body)
    html(element("p", words("accuracy.stamp").format(**versions), "cn-note cn-stamp"))


def _sections(results: Mapping[str, Any], voiced: str) -> None:
    drawn = (
        parts.short, parts.right, parts.safe, parts.unmodelled, calibration.reliability, calibration.abstaining,
        parts.beside, parts.sources, parts.kinds, further.questions, further.weights, further.surveys, parts.cases,
        parts.limits,
    )  # fmt: skip
    for part in drawn:
        html(element("section", part(results, voiced), "cn-section"))


def _callout(title: str, body: str) -> None:
    html(element("div", [element("strong", title), element("p", body)], "cn-callout", role="note"))
