"""Does every record have its place: no circles, nothing unexplained, nothing without its other half?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crampnet.errors import Issue
from crampnet.knowledge.checks.names import cited
from crampnet.knowledge.graph import cycle, parents, reachable, shown
from crampnet.knowledge.knowledge import Knowledge


def circles(knowledge: Knowledge) -> Iterator[Issue]:
    """Conditions that raise each other in a circle."""
    way = cycle(knowledge)
    if way:
        message = f"Conditions raise each other in a circle: {' -> '.join(way)}."
        yield Issue(f"conditions/{way[0]}.yaml", "raised_by", message, "Remove the weakest of these links.")


def unexplained(knowledge: Knowledge) -> Iterator[Issue]:
    """Findings and abnormalities that no condition or syndrome shows, and syndromes that no condition shows."""
    above = parents(knowledge)
    for id_, kind in knowledge.kinds.items():
        if kind in ("exposure", "condition", "measurement") or above.get(id_, set()) - knowledge.exposures.keys():
            continue
        home = knowledge.abnormality_of.get(id_, id_)
        folder = "syndromes" if kind == "syndrome" else "findings"
        message = f"No condition{'' if kind == 'syndrome' else ' or syndrome'} shows this {kind}."
        yield Issue(f"{folder}/{home}.yaml", id_, message, "Link it from what shows it, or remove it.")


def idle(knowledge: Knowledge) -> Iterator[Issue]:
    """Exposures, medicines apart, that raise nothing and that no rule or caution asks about.

    A medicine that does nothing to the hand is there so that its name is known when somebody types it.
    """
    used = {link.cause for condition in knowledge.conditions.values() for link in condition.raised_by}
    used |= {link.parent for link in shown(knowledge)}
    used |= {name for flag in knowledge.red_flags for name in (*flag.all_of, *flag.any_of, *flag.none_of)}
    used |= {
        name
        for items in knowledge.advice.values()
        for item in items
        for caution in item.cautions
        for name in caution.when
    }
    for id_, exposure in knowledge.exposures.items():
        if id_ not in used and exposure.kind != "medicine":
            message = "This exposure raises nothing, and no red flag or caution asks about it."
            yield Issue(f"exposures/{id_}.yaml", "", message, "Name it where it raises something, or remove it.")


def undefined(knowledge: Knowledge) -> Iterator[Issue]:
    """Conditions whose defining findings do not follow from them."""
    below = reachable(knowledge)
    for id_, condition in knowledge.conditions.items():
        for name in sorted(set(condition.defining) - below[id_]):
            message = f'The defining "{name}" does not follow from the condition.'
            remedy = "Link it under reason_shows or presence_shows, directly or through a syndrome."
            yield Issue(f"conditions/{id_}.yaml", "defining", message, remedy)


def unadvised(knowledge: Knowledge) -> Iterator[Issue]:
    """Conditions without advice."""
    for id_ in knowledge.conditions:
        if id_ not in knowledge.advice:
            yield Issue(f"advice/{id_}.yaml", "", "The condition has no advice.", "Add the file with its items.")
    if "everybody" not in knowledge.advice:
        yield Issue("advice/everybody.yaml", "", "There is no advice for everybody.", "Add the file with its items.")


def orphans(knowledge: Knowledge) -> Iterator[Issue]:
    """Sources that nothing cites."""
    used = {source for _file, _key, source in cited(knowledge)}
    for key in knowledge.sources:
        if key not in used:
            yield Issue("sources.yaml", key, "Nothing cites this source.", "Cite it, or move it to rejected.yaml.")


def twins(knowledge: Knowledge) -> Iterator[Issue]:
    """Sources entered twice: the same DOI or PubMed number under two keys."""
    for what in ("doi", "pmid"):
        first: dict[str, str] = {}
        for key, source in knowledge.sources.items():
            number = (getattr(source, what) or "").casefold()
            if number and number in first:
                message = f'It has the same {what} as "{first[number]}": {number}.'
                yield Issue("sources.yaml", f"{key}.{what}", message, "Keep one entry, or mend the number.")
            first.setdefault(number, key)


def shared_medicines(knowledge: Knowledge) -> Iterator[Issue]:
    """Drug names that stand in two classes or twice in one."""
    first: dict[str, str] = {}
    for id_, exposure in knowledge.exposures.items():
        for generic, others in exposure.medicines.items():
            for name in (generic, *others):
                known = name.casefold()
                if known in first:
                    message = f'The name "{name}" stands under {first[known]} too.'
                    yield Issue(f"exposures/{id_}.yaml", f"medicines.{generic}", message, "Keep it in one place.")
                first.setdefault(known, id_)


structure_checks: tuple[Callable[[Knowledge], Iterator[Issue]], ...] = (
    circles, unexplained, idle, undefined, unadvised, orphans, twins, shared_medicines,
)  # fmt: skip
