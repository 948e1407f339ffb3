"""Records of the next steps. Values only: the wording belongs to the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from crampnet.knowledge.record import Level
from crampnet.knowledge.records_findings import Cost

COSTS: tuple[Cost, ...] = ("answer", "bedside", "blood", "device", "imaging", "specialist")
"""Cost tiers, cheapest first."""
BY_ASKING: tuple[Cost, ...] = ("answer",)
"""The tier of what a person can answer."""
LEVEL_EFFECT = 0.01
"""A step is worth taking from this P(the level of urgency changes) on."""
ADVICE_EFFECT = 0.05
"""A step is worth taking from this P(the advice that is shown clearly changes) on."""
MEDICINES = "medicines"
"""Id of the step that asks which medicines the person takes: people name medicines, not classes."""
NORMAL = "normal"
"""The outcome of a measured test in which none of its abnormalities is there."""

StepKind = Literal[
    "complaint", "pattern", "symptom", "exposure", "sign", "result", "measurement", "medicines", "sample"
]  # fmt: skip
Method = Literal["exact", "largest"]


@dataclass(frozen=True)
class Shift:
    """What an outcome does to one condition: its share of the ranking before and after."""

    condition: str
    before: float
    after: float


@dataclass(frozen=True)
class Outcome:
    """One way in which a step can turn out.

    answer: "present", "absent", the id of the abnormality, or "normal"; in a step taken jointly those of its parts,
    joined by "+"; probability: P(it turns out so | answers); level: the urgency then; flags: ids of the red flags that
    it makes fire; level_changes, advice_changes (clearly): against today's answer; bits: Kullback-Leibler divergence
    of the ranking then from the ranking now, summed over the conditions; up, down: the conditions that it moves most,
    largest move first.
    """

    answer: str
    probability: float
    level: str
    flags: tuple[str, ...]
    level_changes: bool
    advice_changes: bool
    bits: float
    up: tuple[Shift, ...]
    down: tuple[Shift, ...]


@dataclass(frozen=True)
class Step:
    """One thing to ask, to examine or to test, or several that are done together.

    id: of the finding, exposure or measurement, "medicines", or the sample; nodes: ids that it would answer;
    level: P(the level of urgency changes | answers); advice: P(the set of shown advice clearly changes | answers);
    bits: expected change of the ranking, in bits; red_flag: an open red flag waits for it; outcomes: each way it can
    turn out, most probable first.
    parts: the single steps inside (medicine classes, or the tests of one sample), best first; joint: ids of those parts
    that the outcomes and the three effects are about; method: "exact" when they are exact for the ids in
    `joint`, "largest" when they are those of the one part that matters most, the parts together not being computed.
    """

    id: str
    kind: StepKind
    cost: Cost
    sample: str | None
    nodes: tuple[str, ...]
    level: float
    advice: float
    bits: float
    red_flag: bool
    outcomes: tuple[Outcome, ...]
    parts: tuple[Step, ...] = ()
    joint: tuple[str, ...] = ()
    method: Method = "exact"

    @property
    def worth(self) -> bool:
        """It reaches the effect from which on a step is worth taking."""
        return self.level >= LEVEL_EFFECT or self.advice >= ADVICE_EFFECT

    @property
    def burden(self) -> int:
        """Number of things done at once: 1 for a question, the number of tests for a sample."""
        return max(1, len(self.parts)) if self.kind == "sample" else 1


@dataclass(frozen=True)
class Tier:
    """What is left in one cost tier.

    steps: how many single steps are left; level, advice: the largest effect that any single one of them has; worth: ids
    of those that reach the effect from which on a step is worth taking, best first.
    """

    cost: Cost
    steps: int
    level: float
    advice: float
    worth: tuple[str, ...]


@dataclass(frozen=True)
class Stop:
    """Whether to stop, and why. It speaks of single steps: two together may still matter where neither does alone.

    red_flags: questions that an open red flag still waits for; no_single_question: no single question reaches P(level
    changes) of 1 % or P(shown advice changes) of 5 %; tiers: the same for each cost tier, cheapest first.
    """

    red_flags: tuple[str, ...]
    no_single_question: bool
    tiers: Mapping[Cost, Tier]

    @property
    def reached(self) -> bool:
        """Asking stops: the red flags are asked and no single question is worth asking."""
        return not self.red_flags and self.no_single_question

    @property
    def beyond(self) -> tuple[Cost, ...]:
        """Tiers beyond questions in which a single step would still matter."""
        return tuple(cost for cost, tier in self.tiers.items() if cost != "answer" and tier.worth)


@dataclass(frozen=True)
class Checklist:
    """Warning signs that are asked as one question: which of these is there, or none of them.

    level: the gravest level of a rule that waits for them; topics: sections of findings and kinds of exposures that
    they belong to; signs: ids. The list of medicines stands alone, as "medicines".
    """

    level: Level
    topics: tuple[str, ...]
    signs: tuple[str, ...]

    @property
    def id(self) -> str:
        """A name for it, made of what it asks."""
        return "+".join(self.signs)


@dataclass(frozen=True)
class NextSteps:
    """What to do next.

    steps: single steps, best first: unanswered red flags, then by effect on the level, on the advice, on the ranking;
    bundles: the tests of each sample together, best first; stop: whether asking stops, and why; checklists: the
    questions that red flags wait for, several as one; left_out: ids of what could be asked or tested too, but that the
    engine refused to weigh as too expensive (TooExpensive): nothing is known of its effect.
    """

    steps: tuple[Step, ...]
    bundles: tuple[Step, ...]
    stop: Stop
    checklists: tuple[Checklist, ...] = ()
    left_out: tuple[str, ...] = ()

    def of_cost(self, cost: Cost) -> tuple[Step, ...]:
        """The single steps of one cost tier, best first."""
        return tuple(step for step in self.steps if step.cost == cost)

    @property
    def question(self) -> Step | None:
        """The next question to ask, or None when asking stops."""
        return None if self.stop.reached else next(iter(self.of_cost("answer")), None)
