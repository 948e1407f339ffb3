"""Parts of the answer that are worked out beside the page: the part, the last one meanwhile, or that it failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crampnet.ui.answer.markup import Markup, element, html
from crampnet.ui.service import Outcome, result
from crampnet.ui.state import session
from crampnet.ui.text import words


@dataclass(frozen=True)
class Insight:
    """value: what to show, if anything; fresh: it belongs to this answer and not to the one before; failed: why not."""

    value: Any = None
    fresh: bool = True
    failed: bool = False


def insight(outcome: Outcome, part: str) -> Insight:
    """A part of an outcome, and the one of the answer before while it is being worked out."""
    found = result(outcome, part)
    if isinstance(found, Exception):
        return Insight(failed=True)
    before = session().before
    if found is None:
        return Insight(before.get(part), fresh=False)
    before[part] = found
    return Insight(found)


def show(shown: Insight, parts: Sequence[Markup], name: str) -> None:
    """Put a part on the page: as it is, dimmed while a newer one is worked out, or a line that says what is missing."""
    if shown.failed:
        html(element("p", words("insight.failed"), "cn-note"))
    elif shown.value is None:
        html(element("div", [element("p", words("insight.waiting"), "cn-note")], f"cn-waiting cn-waiting-{name}"))
    elif shown.fresh:
        html(element("div", list(parts), "cn-part"))
    else:
        busy = element("p", words("insight.anew"), "cn-note cn-anew")
        html(element("div", [*parts, busy], "cn-part cn-stale", aria_busy="true"))
