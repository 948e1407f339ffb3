"""What to ask, examine or test next: steps by their effect, bundles of one sample, and the reasoned stop."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from crampnet.inference.engine import Posterior
from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.knowledge.records_findings import Cost
from crampnet.network.network import Network
from crampnet.reasoning.advice import Advice
from crampnet.reasoning.screening import checklists, questions, said_of, undecided
from crampnet.reasoning.steps.bundles import bundles_of
from crampnet.reasoning.steps.candidates import candidates
from crampnet.reasoning.steps.effects import Today, steps_of
from crampnet.reasoning.steps.lanes import refined
from crampnet.reasoning.steps.records import (
    ADVICE_EFFECT,
    BY_ASKING,
    COSTS,
    LEVEL_EFFECT,
    MEDICINES,
    NORMAL,
    Checklist,
    NextSteps,
    Outcome,
    Shift,
    Step,
    Stop,
    Tier,
)
from crampnet.reasoning.steps.table import Table
from crampnet.reasoning.urgency import Urgency

__all__ = [
    "ADVICE_EFFECT",
    "BY_ASKING",
    "COSTS",
    "LEVEL_EFFECT",
    "MEDICINES",
    "NORMAL",
    "Checklist",
    "NextSteps",
    "Outcome",
    "Shift",
    "Step",
    "Stop",
    "Tier",
    "next_steps",
]


def next_steps(
    knowledge: Knowledge,
    network: Network,
    evidence: Evidence,
    posterior: Posterior,
    urgency: Urgency,
    advice: tuple[Advice, ...],
    *,
    skipped: Collection[str] = (),
    costs: Collection[Cost] = COSTS,
    table: Table | None = None,
) -> NextSteps:
    """Everything that can still be asked, examined or tested, by what its outcome would change.

    Effect of f on the level = sum over its outcomes a of P(a | e) [level(e, a) differs from level(e)]; likewise for the
    set of shown advice, where it clearly changes (see `steps.shown`); on the ranking, sum over a of P(a | e) sum over
    conditions of KL(P(. | e, a) || P(. | e)) bits.
    The fewest questions that settle every red flag come first, in their own order (`screening`); then effects on the
    level, then on the advice that reach the size from which a step is worth taking, then bits. All exact for single
    steps (`model.md`, section 6).

    posterior, urgency, advice: today's answer to the evidence; skipped: ids of steps that are not to be offered
    again ("don't know" and skipped ones); costs: the cost tiers to look at, each costing time; table: what was computed
    of this case before, so that nothing is computed twice.
    What the engine refuses with one of its answers is left out and named. Raises TooExpensive where it refuses the case
    as it is.
    """
    rules = undecided(knowledge, said_of(knowledge, network, evidence, skipped), urgency.level)
    flags = tuple(questions(rules))
    table = table or Table(network, evidence)
    today = Today(knowledge, network, evidence, posterior, urgency, advice, flags, table)
    chosen = tuple(c for c in candidates(knowledge, network, evidence, skipped) if c.cost in costs)
    if not chosen:
        return NextSteps((), (), _stop((), flags, costs), checklists(knowledge, rules))
    beliefs = refined(table, [way for candidate in chosen for way in candidate.ways])
    weighed = steps_of(today, chosen, beliefs)
    refused = tuple(candidate.id for candidate, step in zip(chosen, weighed, strict=True) if step is None)
    medicines = {candidate.id for candidate in chosen if candidate.medicine}
    useful = [step for step in weighed if step is not None and (step.red_flag or len(step.outcomes) > 1)]
    listed = [step for step in useful if step.id not in medicines]
    if MEDICINES not in skipped:
        listed += _medicines(_ranked([step for step in useful if step.id in medicines], flags))
    ranked = _ranked(listed, flags)
    bundles = bundles_of(today, chosen, ranked)
    return NextSteps(ranked, bundles, _stop(ranked, flags, costs), checklists(knowledge, rules), refused)


def _medicines(classes: Sequence[Step]) -> Iterable[Step]:
    """The classes as one question: its effect is that of the class that matters most, the rest are listed."""
    if classes:
        largest = max(classes, key=_size)
        yield replace(
            largest,
            id=MEDICINES,
            kind="medicines",
            nodes=tuple(node for step in classes for node in step.nodes),
            red_flag=any(step.red_flag for step in classes),
            parts=tuple(classes),
            joint=(largest.id,),
            method="largest",
        )


def _ranked(steps: Iterable[Step], flags: Sequence[str]) -> tuple[Step, ...]:
    order = {name: place for place, name in enumerate(flags)}

    def key(step: Step) -> tuple[float, ...]:
        return (order.get(step.id, len(order)), *(-size for size in _size(step)), COSTS.index(step.cost))

    return tuple(sorted(steps, key=lambda step: (*key(step), step.id)))


def _size(step: Step) -> tuple[float, ...]:
    """Effect for ordering: on the level and on the advice where it is worth a step, then in bits; then what is left."""
    level = step.level if step.level >= LEVEL_EFFECT else 0.0
    advice = step.advice if step.advice >= ADVICE_EFFECT else 0.0
    return (level, advice, step.bits, step.level, step.advice)


def _stop(ranked: Sequence[Step], flags: tuple[str, ...], costs: Collection[Cost]) -> Stop:
    tiers = {cost: _tier(cost, [step for step in ranked if step.cost == cost]) for cost in COSTS if cost in costs}
    waiting = flags if "answer" in costs else ()
    return Stop(waiting, not any(step.worth for step in ranked if step.cost == "answer"), tiers)


def _tier(cost: Cost, steps: Sequence[Step]) -> Tier:
    return Tier(
        cost,
        len(steps),
        level=max((step.level for step in steps), default=0.0),
        advice=max((step.advice for step in steps), default=0.0),
        worth=tuple(step.id for step in steps if step.worth),
    )
