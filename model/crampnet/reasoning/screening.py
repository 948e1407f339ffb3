"""Which warning signs still need asking: the fewest that settle every red flag, one by one or as checklists.

A red flag that needs several things at once is settled by one "no". So of what it still needs only one thing is asked,
the one that settles most rules, and the next once that is there; alternatives come last where they are several
questions. Nothing is asked for a rule that cannot fire any more, that waits for an examination or a test, or that waits
for something that was asked and is not known: the last leaves it open, and so the level provisional.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.knowledge.record import Level
from crampnet.knowledge.records_general import RedFlag
from crampnet.network.network import Network
from crampnet.reasoning.steps.records import MEDICINES, Checklist

ASKABLE = ("complaint", "pattern", "symptom", "exposure")
"""Kinds of things that a person can answer; what must be examined or measured does not keep a level provisional."""
ABOUT_THE_HAND = ("complaint", "pattern")
"""Kinds that are not asked of somebody whose hand gives no trouble."""
MOST_SIGNS = 8
"""Signs of one checklist."""

Need = frozenset[str]
"""Questions of which one "yes" gives a rule what it needs, and of which "no" to all excludes it."""


@dataclass(frozen=True)
class Said:
    """What rules are weighed with.

    present, absent: ids answered so, diagnoses among them; unknown: questions that were asked and not known; able: ids
    that this person can be asked -> the question that asks them, their own or, for a class of medicines, "medicines".
    """

    present: frozenset[str]
    absent: frozenset[str]
    unknown: frozenset[str]
    able: Mapping[str, str]


@dataclass(frozen=True)
class Undecided:
    """A red flag that answers can still decide, and what it needs for that, each need with a question to ask."""

    flag: RedFlag
    needs: tuple[Need, ...]


def said_of(knowledge: Knowledge, network: Network, evidence: Evidence, unknown: Collection[str] = ()) -> Said:
    """What a case says to the rules; a medicine that a told list leaves out counts as absent.

    unknown: ids of questions that were asked and not known.
    """
    named = {name for flag in knowledge.red_flags for name in (*flag.all_of, *flag.any_of)}
    kinds = [kind for kind in ASKABLE if evidence.asks or kind not in ABOUT_THE_HAND]
    asked = (name for name in named if knowledge.kinds.get(name) in kinds)
    able = {
        name: MEDICINES if name in knowledge.exposures and knowledge.exposures[name].kind == "medicine" else name
        for name in asked
        if name not in knowledge.exposures or asked_about(knowledge, network, evidence, name)
    }
    return Said(evidence.told, evidence.absent | evidence.unnamed, frozenset(unknown), able)


def asked_about(knowledge: Knowledge, network: Network, evidence: Evidence, exposure: str) -> bool:
    """Whether this person is to be asked about an exposure.

    It is asked about at all, people of this age and sex have it, and nothing that it implies is absent.
    """
    record, leak = knowledge.exposures[exposure], network.nodes[network.index[exposure]].leak
    can = evidence.absent.isdisjoint(record.implies) and bool(leak[evidence.strata].any())
    return can and not record.volunteered


def holds(flag: RedFlag, present: frozenset[str], absent: frozenset[str]) -> bool | None:
    """True: the rule holds; False: an answer excludes it; None: answers are missing."""
    some = flag.any_of
    if not absent.isdisjoint(flag.all_of) or not present.isdisjoint(flag.none_of) or (some and absent.issuperset(some)):
        return False
    if not present.issuperset(flag.all_of) or (some and present.isdisjoint(some)):
        return None
    return True


def holding(knowledge: Knowledge, present: frozenset[str], absent: frozenset[str]) -> Iterator[RedFlag]:
    """Red flags whose rule holds."""
    return (flag for flag in knowledge.red_flags if holds(flag, present, absent))


def undecided(knowledge: Knowledge, said: Said, above: str | None = None) -> tuple[Undecided, ...]:
    """Red flags that answers of this person can still decide, gravest first. above: only of higher levels than this."""
    levels = knowledge.losses.levels
    higher = levels if above is None else levels[levels.index(above) + 1 :]
    found = [
        Undecided(flag, needs)
        for flag in knowledge.red_flags
        if flag.level in higher and (needs := tuple(_needs(flag, said))) and all(needs)
    ]
    return tuple(sorted(found, key=lambda rule: -levels.index(rule.flag.level)))


def questions(rules: Sequence[Undecided]) -> Mapping[str, Level]:
    """Questions that need asking now -> gravest level that waits for them; gravest first, then what settles most rules.

    Ids of findings and exposures, and "medicines" for every class. "No" to all of them settles every rule; a "yes" may
    call for more.
    """
    found: dict[str, Level] = {}
    for level, some in groupby(rules, key=lambda rule: rule.flag.level):
        found |= dict.fromkeys(_chosen([rule.needs for rule in some], frozenset(found)), level)
    return found


def checklists(knowledge: Knowledge, rules: Sequence[Undecided]) -> tuple[Checklist, ...]:
    """The same questions as lists, gravest level first, then topic by topic, those with most signs first.

    A list holds signs of one level and as few lists as MOST_SIGNS allows hold them all, about equally long.
    """
    asked = questions(rules)
    found: list[Checklist] = []
    for level in dict.fromkeys(asked.values()):
        names = [name for name in asked if asked[name] == level]
        found += _lists(knowledge, level, [name for name in names if name != MEDICINES])
        if MEDICINES in names:
            found.append(Checklist(level, ("medicine",), (MEDICINES,)))
    return tuple(found)


def _needs(flag: RedFlag, said: Said) -> Iterator[Need]:
    """What an undecided rule still needs; a need is empty where no question can bring it."""
    if holds(flag, said.present, said.absent) is not None:
        return
    wanted: list[tuple[str, ...]] = [(name,) for name in flag.all_of if name not in said.present]
    if flag.any_of and said.present.isdisjoint(flag.any_of):
        wanted.append(flag.any_of)
    for names in wanted:
        able = [said.able[name] for name in names if name in said.able and name not in said.absent]
        yield frozenset(able) - said.unknown


def _chosen(rules: Sequence[tuple[Need, ...]], before: frozenset[str]) -> Sequence[str]:
    """Questions that are added to those before, so that each rule has a need of which all questions are asked.

    First what leaves no choice, then one after the other; in the order of how many rules a "no" settles by itself.
    """
    asked, left = before, list(rules)
    while left := [needs for needs in left if not any(need <= asked for need in needs)]:
        asked |= _next(left, asked)
    settled = Counter(name for needs in rules for need in needs if len(need) == 1 for name in need)
    return sorted(asked - before, key=lambda name: (-settled[name], name))


def _next(rules: Sequence[tuple[Need, ...]], asked: frozenset[str]) -> Need:
    """Every need that is the only one of its rule, or else the one that settles most rules for each added question."""
    if forced := [needs[0] for needs in rules if len(needs) == 1]:
        return frozenset().union(*forced)
    settled = Counter(new for needs in rules for new in dict.fromkeys(need - asked for need in needs))
    return max(settled, key=lambda need: (settled[need] / len(need), -len(need)))


def _lists(knowledge: Knowledge, level: Level, names: Sequence[str]) -> Iterator[Checklist]:
    topic = {name: _topic(knowledge, name) for name in names}
    size, rule = Counter(topic.values()), _rule_order(knowledge)
    ordered = sorted(names, key=lambda name: (-size[topic[name]], topic[name], rule[name]))
    count = -(-len(ordered) // MOST_SIGNS)
    for number in range(count):
        signs = ordered[len(ordered) * number // count : len(ordered) * (number + 1) // count]
        yield Checklist(level, tuple(dict.fromkeys(topic[name] for name in signs)), tuple(signs))


def _topic(knowledge: Knowledge, name: str) -> str:
    finding = knowledge.findings.get(name)
    return knowledge.exposures[name].kind if finding is None else finding.section


def _rule_order(knowledge: Knowledge) -> Mapping[str, int]:
    """Place of each id in the file of red flags, where what belongs together stands together."""
    named = (name for flag in knowledge.red_flags for name in (*flag.all_of, *flag.any_of))
    return {name: place for place, name in enumerate(dict.fromkeys(named))}
