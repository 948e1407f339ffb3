"""Do the figures fit each other? A noisy-OR can only raise, so no figure may lie below its background."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crampnet.errors import Issue
from crampnet.knowledge.graph import shown
from crampnet.knowledge.knowledge import Knowledge

_PREVALENCES = ("point_prevalence", "window_prevalence")


def below_background(knowledge: Knowledge) -> Iterator[Issue]:
    """P(child | parent) below P(child | no parent): the link would have to be negative."""
    background = backgrounds(knowledge)
    for link in shown(knowledge):
        floor = background.get(link.child, 0.0)
        if link.estimate.value <= floor:
            message = (
                f"{link.estimate.value:g} does not exceed the background {floor:g}, so the link would be negative."
            )
            yield Issue(link.file, link.key, message, "Raise it, lower the background, or leave the link out.")


def above_base_rate(knowledge: Knowledge) -> Iterator[Issue]:
    """One cause that alone brings more cases than the base rate counts: the leak would be negative."""
    for id_, condition in knowledge.conditions.items():
        if not condition.base_rate or any(part.measure not in _PREVALENCES for part in condition.base_rate):
            continue
        total = sum(part.value for part in condition.base_rate)
        for link in condition.raised_by:
            exposure = knowledge.exposures.get(link.cause)
            if exposure is None or link.measure not in ("prevalence_given", "link"):
                continue
            share = exposure.frequency.value * link.value
            if share > total:
                message = f"This cause alone brings {share:.3g}, more than the base rate {total:.3g}: a negative leak."
                remedy = "Lower the link or the frequency of the cause, or raise the base rate."
                yield Issue(f"conditions/{id_}.yaml", f"raised_by.{link.cause}", message, remedy)


def shaped_without_rate(knowledge: Knowledge) -> Iterator[Issue]:
    """A link spread over the people with a cause, where nothing says how many of each age and sex have it."""
    for id_, condition in knowledge.conditions.items():
        for link in condition.raised_by:
            cause = knowledge.conditions.get(link.cause)
            if link.shape is not None and cause is not None and cause.caused_only:
                message = f'"{link.cause}" states no base rate, so the shape cannot be scaled to the people with it.'
                key = f"raised_by.{link.cause}.shape"
                yield Issue(f"conditions/{id_}.yaml", key, message, "Leave the shape out, or state the base rate.")


def backgrounds(knowledge: Knowledge) -> dict[str, float]:
    """P(node | none of its modelled causes) for syndromes, findings and abnormalities that have one."""
    found = {id_: syndrome.background.value for id_, syndrome in knowledge.syndromes.items()}
    found |= {id_: finding.background.value for id_, finding in knowledge.findings.items() if finding.background}
    found |= {
        id_: abnormality.background.value
        for test in knowledge.measurements.values()
        for id_, abnormality in test.abnormalities.items()
    }
    return found


figure_checks: tuple[Callable[[Knowledge], Iterator[Issue]], ...] = (
    below_background,
    above_base_rate,
    shaped_without_rate,
)
