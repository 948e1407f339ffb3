"""What to do next in the report's words: the best steps of each cost tier, bundles, and the stop."""

from __future__ import annotations

from crampnet.knowledge import Knowledge
from crampnet.reasoning.next_steps import COSTS, NextSteps, Outcome, Step, Stop
from crampnet.report.insights import Next, NextStep, Possible, Shifted, SignList, Stopping
from crampnet.report.naming import name, names

BEST = 5
"""Steps of each cost tier that a report holds."""
MOVES = 2
"""Conditions that a report names for each outcome, each way."""


def make_next(knowledge: Knowledge, steps: NextSteps) -> Next:
    """The next steps, the best of each cost tier in their order; what red flags wait for as checklists."""
    others = [step for step in steps.steps if not step.red_flag]
    chosen = {step.id for cost in COSTS for step in [step for step in others if step.cost == cost][:BEST]}
    return Next(
        question=None if steps.question is None else name(knowledge, steps.question.id),
        checklists=tuple(SignList(one.level, names(knowledge, one.signs)) for one in steps.checklists),
        steps=tuple(_step(knowledge, step) for step in steps.steps if step.id in chosen),
        bundles=tuple(_step(knowledge, step) for step in steps.bundles),
        stop=_stop(knowledge, steps.stop),
        left_out=names(knowledge, steps.left_out),
    )


def _step(knowledge: Knowledge, step: Step) -> NextStep:
    return NextStep(
        step=name(knowledge, step.id),
        kind=step.kind,
        cost=step.cost,
        level=step.level,
        advice=step.advice,
        bits=step.bits,
        worth=step.worth,
        exact=step.method == "exact",
        outcomes=() if step.parts else tuple(_outcome(knowledge, outcome) for outcome in step.outcomes[:BEST]),
        parts=names(knowledge, (part.id for part in step.parts)),
    )


def _outcome(knowledge: Knowledge, outcome: Outcome) -> Possible:
    return Possible(
        outcome=name(knowledge, outcome.answer),
        probability=outcome.probability,
        level=outcome.level,
        level_changes=outcome.level_changes,
        advice_changes=outcome.advice_changes,
        moves=tuple(
            Shifted(name(knowledge, shift.condition), shift.before, shift.after)
            for shift in (*outcome.up[:MOVES], *outcome.down[:MOVES])
        ),
    )


def _stop(knowledge: Knowledge, stop: Stop) -> Stopping:
    questions = stop.tiers["answer"]
    return Stopping(
        reached=stop.reached,
        red_flags=names(knowledge, stop.red_flags),
        level=questions.level,
        advice=questions.advice,
        beyond=tuple(stop.beyond),
    )
