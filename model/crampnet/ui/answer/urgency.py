"""How soon somebody should look, with its reason and the way there; and the same in one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import streamlit as st

from crampnet.errors import Sign
from crampnet.knowledge import Knowledge
from crampnet.report import Report
from crampnet.report.markdown import level_firmness
from crampnet.report.report import UrgencyTrail
from crampnet.ui.answer.insight import Insight, insight
from crampnet.ui.answer.markup import Markup, element, html
from crampnet.ui.service import Desk, Outcome
from crampnet.ui.signs import remaining
from crampnet.ui.state import go, session
from crampnet.ui.text import count, percent, report_words, words

SYMBOLS = {"emergency": "▲", "urgent": "◆", "routine": "●", "self_care": "✓"}
"""A shape for each level, so that color is never the only sign."""


def draw(desk: Desk, outcome: Outcome, report: Report, voice: str) -> None:
    """The banner, warnings, and the trail in an expander."""
    trail = report.urgency
    with st.container(key="urgency", gap="small"):
        waiting = _waiting(desk, trail)
        html(_banner(desk.model.knowledge, report, voice, len(waiting), insight(outcome, "sureness")))
        if waiting:
            st.button(
                words("answer.provisional_go"),
                key="go_warning",
                on_click=go,
                args=("warning",),
                icon=":material/arrow_forward:",
                width="content",
            )
        for warning in report.warnings:
            html(element("p", warning, "cn-callout"))
        with st.expander(words("answer.trail")):
            html(*_trail(desk.model.knowledge, report, voice))


def warned(signs: Sequence[Sign], voice: str) -> None:
    """The banner where warning signs are all that can be told, gravest first."""
    level = signs[0].level
    reasons = [element("p", getattr(sign, voice)) for sign in signs if sign.level == level]
    html(_section(level, reasons))


def _firm(sure: Insight, today: str) -> str:
    """How firm the level is, or that it is being worked out."""
    if sure.failed:
        return str(words("answer.level_failed"))
    if sure.value is None or not sure.fresh:
        return str(words("answer.level_waiting"))
    return level_firmness(sure.value, today)


def status(outcome: Outcome, voice: str) -> None:
    """One line: level and leading row, or that there is none."""
    report = outcome.report
    if outcome.error is not None and outcome.error.signs:
        level = outcome.error.signs[0].level
        line = [element("strong", _level_words(level)[0]), element("span", words("answer.status_stale"))]
        html(element("p", line, f"cn-status cn-level-{level}", role="status"))
        return
    if report is None:
        kept = "status_start" if outcome.current else "status_stale"
        html(element("p", words(f"answer.{kept}"), "cn-status cn-level-none", role="status"))
        return
    row, level = report.rows[0], report.urgency.level
    name = words("always_shown").get(row.condition) or getattr(row, voice)
    leading = f"{name} {percent(getattr(row, report.ranked_by))}"
    said = leading if outcome.current else words("answer.status_stale")
    line = [
        element("strong", _level_words(level)[0]),
        element("span", said),
        element("a", words("answer.status_go"), href="#answer"),
    ]
    html(element("p", line, f"cn-status cn-level-{level}", role="status"))


def _level_words(level: str) -> tuple[str, str]:
    """The name of a level with its shape, and what to do."""
    name, _, what = str(report_words(f"levels.{level}")).partition(":")
    return f"{SYMBOLS[level]} {name}", what.strip()


def _waiting(desk: Desk, trail: UrgencyTrail) -> Sequence[str]:
    """Questions whose answer could still raise the level."""
    if not trail.provisional:
        return ()
    left = remaining(desk.model, session().draft, session().answer, trail.level)
    return [sign for one in left for sign in one.signs]


def _banner(knowledge: Knowledge, report: Report, voice: str, waiting: int, sure: Insight) -> Markup:
    trail = report.urgency
    firmness = []
    if trail.provisional:
        said = count("answer.provisional", waiting) if waiting else words("answer.provisional_unknown")
        firmness.append(element("p", said, "cn-provisional"))
    firmness.append(element("p", _firm(sure, trail.level), "cn-provisional"))
    return _section(trail.level, _reasons(knowledge, trail, voice), firmness)


def _section(level: str, reasons: Iterable[Markup], firmness: Sequence[Markup] = ()) -> Markup:
    """A level, why it is that, what to do in an emergency, and how firm it is."""
    name, what = _level_words(level)
    parts = [
        element("h3", report_words("urgency"), "cn-eyebrow"),
        element("p", [element("strong", name), element("span", what)], "cn-level", role="status"),
        *reasons,
    ]
    if level == "emergency":
        parts.append(element("p", words("answer.emergency_call"), "cn-call"))
    return element("section", [*parts, *firmness], f"cn-banner cn-level-{level}", aria_label=report_words("urgency"))


def _reasons(knowledge: Knowledge, trail: UrgencyTrail, voice: str) -> Iterator[Markup]:
    if trail.by_red_flag:
        yield from (element("p", getattr(flag, voice)) for flag in trail.flags if flag.level == trail.level)
        return
    yield element("p", words("answer.by_harm"))
    drivers = _drivers(knowledge, trail, voice, most=2)
    if drivers:
        yield element("p", str(words("answer.by_harm_drivers")).format(drivers=", ".join(drivers)))


def _drivers(knowledge: Knowledge, trail: UrgencyTrail, voice: str, most: int) -> list[str]:
    line = str(words("answer.driver"))
    return [
        line.format(name=getattr(knowledge.name(condition), voice), percent=percent(share))
        for condition, share in trail.drivers[:most]
    ]


def _trail(knowledge: Knowledge, report: Report, voice: str) -> Iterator[Markup]:
    trail = report.urgency
    yield element("h4", words("answer.trail_flags"))
    if trail.flags:
        source = str(words("answer.trail_source"))
        yield element(
            "ul",
            [
                element("li", [
                    element("span", f"{_level_words(flag.level)[0]}: {getattr(flag, voice)} "),
                    element("small", source.format(source=report.sources.get(flag.source, flag.source))),
                ])
                for flag in trail.flags
            ],
        )  # fmt: skip
    else:
        yield element("p", words("answer.trail_no_flags"))
    level = report_words(f"levels.{trail.harm_level}")
    yield element("h4", str(words("answer.trail_harm_level")).format(level=level))
    yield element("p", words("answer.trail_harm"))
    yield _losses(trail)
    drivers = _drivers(knowledge, trail, voice, most=5)
    if drivers:
        yield element("h4", words("answer.trail_drivers"))
        yield element("ul", [element("li", driver) for driver in drivers])


def _losses(trail: UrgencyTrail) -> Markup:
    head = element("tr", [element("th", name, scope="col") for name in words("answer.trail_columns")])
    rows = []
    for level, share in reversed(trail.probabilities.items()):
        least = f" ({words('answer.trail_least')})" if level == trail.harm_level else ""
        cells = [
            element("th", _level_words(level)[0], scope="row"),
            element("td", percent(share)),
            element("td", f"{trail.expected_losses[level]:.2f}{least}"),
        ]
        rows.append(element("tr", cells))
    return element("table", [element("thead", [head]), element("tbody", rows)], "cn-table")
