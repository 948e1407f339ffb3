"""The insights of a report as Markdown: how sure, why, what would turn it, what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from crampnet.report.insights import (
    Comparison,
    Expected,
    Fitting,
    Insights,
    Name,
    Next,
    NextStep,
    Reasons,
    Turn,
    Turning,
    Weight,
)
from crampnet.report.naming import spoken
from crampnet.report.points import POINTS, points, signed
from crampnet.report.sureness import CLASH
from crampnet.report.text import percent, text


def insights_markdown(found: Insights, voice: str) -> Iterator[str]:
    """Lines of Markdown for every part that is there."""
    if found.reasons is not None:
        yield from _reasons(found.reasons, voice)
    if found.fitting is not None:
        yield from _fitting(found.fitting, voice)
    if found.comparison is not None:
        yield from _comparison(found.comparison, voice)
    if found.turning is not None:
        yield from _turning(found.turning, voice)
    if found.next is not None:
        yield from _next(found.next, voice)


def ledger(start: float | None, weights: Sequence[Weight], end: float | None, voice: str) -> Iterator[str]:
    """Start, weights and end in whole points that add up, or which answers decide the matter by themselves."""
    words, given = text(), [weight.weight for weight in weights if weight.weight is not None]
    if start is None or end is None or len(given) < len(weights):
        yield words["settled"].format(answers=_listed(spoken(w.answer, voice) for w in weights if w.settles) or "-")
        return
    first, whole, last = points(start, given, end)
    yield from (words["points"], "", f"| | {words['points_column']} |", "|---|---:|")
    yield f"| {words['start']} | {signed(first)} |"
    for weight, value in zip(weights, whole, strict=True):
        yield f"| {spoken(weight.answer, voice)} | {signed(value)} |"
    yield f"| {words['end']} | {signed(last)} |"


def _reasons(reasons: Reasons, voice: str) -> Iterator[str]:
    words = text()
    yield from ("", f"## {words['why'].format(name=_name(reasons.condition, voice))}", "")
    yield from ledger(reasons.start, reasons.weights, reasons.end, voice)
    yield ""
    if reasons.unexplained:
        left = _listed(_expected(e, "unexplained_item", voice) for e in reasons.unexplained)
        yield f"{words['unexplained']}: {left}."
    else:
        yield words["unexplained_none"]
    if reasons.missing:
        yield from ("", f"{words['missing']}: {_listed(_expected(e, 'expected', voice) for e in reasons.missing)}.")


def _fitting(fitting: Fitting, voice: str) -> Iterator[str]:
    if fitting.value >= CLASH and fitting.least is not None:
        yield from ("", text()["fitting_clash"].format(answer=spoken(fitting.least, voice)))
    if fitting.misfit and fitting.tail is not None:
        yield from ("", text()["misfit"].format(name=_name(fitting.condition, voice), share=percent(fitting.tail)))
    if told := unlisted(fitting, voice):
        yield from ("", told)


def unlisted(fitting: Fitting, voice: str) -> str:
    """What is said of something unlisted, and what it looks like; empty where nothing is said."""
    if not fitting.unlisted_said or fitting.unlisted is None:
        return ""
    words = text()
    said = str(words["unlisted"].format(share=percent(fitting.unlisted)))
    if not fitting.pictures:
        return said
    parts = (words["picture"].format(name=_name(one, voice), share=percent(p)) for one, p in fitting.pictures)
    return f"{said} {words['pictures'].format(list=_listed(parts))}"


def _comparison(comparison: Comparison, voice: str) -> Iterator[str]:
    words = text()
    names = {"one": _name(comparison.one, voice), "other": _name(comparison.other, voice)}
    yield from ("", f"## {words['versus'].format(**names)}", "", words["versus_points"])
    yield from ledger(comparison.start, comparison.weights, comparison.end, voice)
    if comparison.deciders:
        yield from ("", f"{words['deciders']}:", "")
    for decider in comparison.deciders:
        shift = decider.if_present * POINTS
        yield "- " + words["decider"].format(
            name=_name(decider.finding, voice),
            favoured=names["one" if shift > 0 else "other"],
            points=round(abs(shift)) if isfinite(shift) else words["decides"],
            probability=percent(decider.probability),
        )


def _turning(turning: Turning, voice: str) -> Iterator[str]:
    words = text()
    yield from ("", f"## {words['turning']}", "")
    yield from [f"- {turn_leader(turn, voice)}" for turn in turning.to_leader] or [f"- {words['turn_leader_none']}"]
    yield from [f"- {turn_level(turn, voice)}" for turn in turning.to_level] or [f"- {words['turn_level_none']}"]


def turn_leader(turn: Turn, voice: str) -> str:
    """A change that brings another first row, as a sentence."""
    name = _name(turn.leader, voice)
    return str(text()["turn_leader"]).format(changes=changes(turn, voice), name=name, share=percent(turn.share))


def turn_level(turn: Turn, voice: str) -> str:
    """A change that brings another level of urgency, as a sentence."""
    words = text()
    return str(words["turn_level"]).format(changes=changes(turn, voice), level=words["levels"][turn.level])


def changes(turn: Turn, voice: str) -> str:
    """The changed answers in words, the first letter a capital."""
    words = text()
    pairs = zip(turn.answers, turn.how, strict=True)
    joined = str(words["also"]).join(words["how"][way].format(answer=spoken(answer, voice)) for answer, way in pairs)
    return joined[:1].upper() + joined[1:]


def _next(following: Next, voice: str) -> Iterator[str]:
    words = text()
    yield from ("", f"## {words['next']}", "")
    stop = following.stop
    if stop.reached:
        yield from (stopped(stop.beyond), "")
    for checklist in following.checklists:
        level = words["levels"][checklist.level].partition(":")[0].lower()
        listed = "; ".join(_name(sign, voice) for sign in checklist.signs)
        yield f"- {words['checklist'].format(level=level, names=listed)}"
    for step in (*following.steps, *following.bundles):
        if step.worth:
            yield f"- {words['costs'][step.cost]}: {_step(step, voice)}"
    if following.left_out:
        yield from ("", left_out(following, voice))


def left_out(following: Next, voice: str) -> str:
    """What was not weighed, and why, in a sentence."""
    return str(text()["left_out"]).format(names="; ".join(_name(name, voice) for name in following.left_out))


def stopped(beyond: Sequence[str]) -> str:
    """Why asking stops, and in which cost tiers a step would still matter."""
    words: dict[str, Any] = text()
    tiers = _listed(str(words["costs"][cost]).lower() for cost in beyond)
    return f"{words['stop']} {words['stop_beyond'].format(tiers=tiers)}" if beyond else str(words["stop"])


def _step(step: NextStep, voice: str) -> str:
    words = text()
    effects = [words["effects"][key].format(share=percent(getattr(step, key))) for key in ("level", "advice")]
    if step.parts:
        effects.insert(0, words["parts"].format(names=_listed(_name(part, voice) for part in step.parts)))
    return f"{_name(step.step, voice)}. {' '.join(effects)}"


def _expected(found: Expected, line: str, voice: str) -> str:
    shares = {"expected": percent(found.expected), "otherwise": percent(found.otherwise)}
    return str(text()[line]).format(name=_name(found.finding, voice), **shares)


def _name(name: Name, voice: str) -> str:
    return str(getattr(name, voice))


def _listed(parts: Iterator[str]) -> str:
    return ", ".join(parts)
