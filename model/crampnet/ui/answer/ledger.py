"""Weights as an account that adds up: where it starts, what speaks for and against, where it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crampnet.report.insights import Weight
from crampnet.report.naming import spoken
from crampnet.report.points import points, signed
from crampnet.ui.answer.markup import Markup, element
from crampnet.ui.text import count, report_words, words

WIDEST = 10
"""Points that fill a bar at least, so that small weights look small."""


def ledger(start: float | None, weights: Sequence[Weight], end: float | None, voice: str) -> Iterator[Markup]:
    """The account in whole points, or which answers decide the matter by themselves."""
    given = [weight.weight for weight in weights if weight.weight is not None]
    if start is None or end is None or len(given) < len(weights):
        yield from _settled(weights, voice)
        return
    first, whole, last = points(start, given, end)
    widest = max([WIDEST, *(abs(value) for value in whole)])
    rows = [_total(report_words("start"), first)]
    lines = [pair for pair in zip(weights, whole, strict=True) if pair[1]]
    rows += [_row(spoken(weight.answer, voice), value, widest) for weight, value in lines]
    rows.append(_total(report_words("end"), last))
    yield element("p", report_words("points"), "cn-note")
    yield element("ul", rows, "cn-ledger")
    if len(lines) < len(weights):
        yield element("p", count("why.light", len(weights) - len(lines)), "cn-note")


def _settled(weights: Sequence[Weight], voice: str) -> Iterator[Markup]:
    deciding = [element("li", spoken(weight.answer, voice)) for weight in weights if weight.settles]
    yield element("p", words("why.settled" if deciding else "why.settled_before"), "cn-note")
    if deciding:
        yield element("ul", deciding)


def _total(text: str, value: int) -> Markup:
    return element("li", [element("span", text), element("span", signed(value), "cn-points")], "cn-total")


def _row(text: str, value: int, widest: int) -> Markup:
    side = "for" if value > 0 else "against"
    fill = element("span", "", "cn-part-of", style=f"width:{abs(value) / widest:.1%}")
    return element(
        "li",
        [
            element("span", text),
            element("span", [fill], "cn-beam", aria_hidden="true"),
            element("span", signed(value), "cn-points"),
        ],
        f"cn-{side}",
    )
