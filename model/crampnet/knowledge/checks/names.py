"""Are all names known, of the right kind, and given once?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set

from crampnet.errors import Issue, did_you_mean
from crampnet.knowledge.graph import shown
from crampnet.knowledge.knowledge import Knowledge
from crampnet.knowledge.nearest import nearest_names
from crampnet.knowledge.numbers import all_grounds

ON_REASON = frozenset({"complaint", "pattern", "syndrome"})
ON_PRESENCE = frozenset({"syndrome", "symptom", "sign", "result", "abnormality"})
ON_SYNDROME = frozenset({"symptom", "sign", "result", "abnormality"})
RAISING = frozenset({"exposure", "condition"})
TOLD = frozenset({"complaint", "pattern", "symptom", "sign", "result", "abnormality", "exposure", "condition"})
CAUTIONED = TOLD | {"situation"}
ANY = TOLD | {"syndrome"}


def check_names(knowledge: Knowledge, failed: Set[str]) -> list[Issue]:
    """Unknown and misplaced ids, ids given twice, sources that nobody entered.

    Args:
        knowledge: the records.
        failed: ids of files that did not become a record; they count as known.
    """
    return [
        *_twice(knowledge),
        *(issue for use in _uses(knowledge) if (issue := _wrong(knowledge, failed, *use))),
        *_unknown_sources(knowledge),
    ]


def _uses(knowledge: Knowledge) -> Iterator[tuple[str, str, str, frozenset[str]]]:
    """Every mention of an id: file, key, id, kinds allowed there."""
    allowed = {"reason_shows": ON_REASON, "presence_shows": ON_PRESENCE, "shows": ON_SYNDROME}
    for link in shown(knowledge):
        place = link.key.split(".")[-2]
        if place == "raised_by":
            yield link.file, link.key, link.parent, frozenset({"exposure"})
        else:
            yield link.file, link.key, link.child, allowed[place]
    for id_, condition in knowledge.conditions.items():
        file = f"conditions/{id_}.yaml"
        if condition.form_of is not None:
            yield file, "form_of", condition.form_of, frozenset({"condition"})
        yield from ((file, f"raised_by.{link.cause}", link.cause, RAISING) for link in condition.raised_by)
        if (lasting := condition.urgency.lasting) is not None:
            for key in ("all_of", "none_of"):
                yield from ((file, f"urgency.lasting.{key}", name, TOLD) for name in getattr(lasting, key))
        yield from ((file, "defining", name, ANY - {"exposure", "condition"}) for name in condition.defining)
    for id_, exposure in knowledge.exposures.items():
        yield from ((f"exposures/{id_}.yaml", "implies", name, frozenset({"exposure"})) for name in exposure.implies)
    for id_, setting in knowledge.settings.items():
        place = f"settings.{id_}"
        yield from (
            ("settings.yaml", f"{place}.base_rates", name, frozenset({"condition"})) for name in setting.base_rates
        )
        yield from (
            ("settings.yaml", f"{place}.exposures", name, frozenset({"exposure"})) for name in setting.exposures
        )
    for id_, finding in knowledge.findings.items():
        file = f"findings/{id_}.yaml"
        if finding.only_with is not None:
            yield file, "only_with", finding.only_with, frozenset({"complaint", "pattern", "symptom"})
        if finding.repeats is not None:
            yield file, "repeats", finding.repeats, frozenset({"exposure"})
    for id_, test in knowledge.measurements.items():
        file, others = f"findings/{id_}.yaml", frozenset({"measurement"})
        if test.corrected_by is not None:
            yield file, "corrected_by.test", test.corrected_by.test, others
            yield from ((file, "corrected_by.unless", name, others) for name in test.corrected_by.unless)
        if test.derived_from is not None:
            yield file, "derived_from.test", test.derived_from.test, others
    for flag in knowledge.red_flags:
        for key in ("all_of", "any_of", "none_of"):
            yield from (("red_flags.yaml", f"{flag.id}.{key}", name, TOLD) for name in getattr(flag, key))
    shared = {name for situation in knowledge.situations.values() for name in situation.any_of}
    for id_, situation in knowledge.situations.items():
        yield from (("situations.yaml", f"situations.{id_}.any_of", name, TOLD) for name in situation.any_of)
    for id_, items in knowledge.advice.items():
        file = f"advice/{id_}.yaml"
        if id_ != "everybody":
            yield file, "id", id_, frozenset({"condition"})
        yield from (
            (file, f"{item.id}.cautions", name, CAUTIONED)
            for item in items
            for caution in item.cautions
            for name in caution.when
            if name not in shared
        )


def _wrong(
    knowledge: Knowledge, failed: Set[str], file: str, key: str, id_: str, kinds: frozenset[str]
) -> Issue | None:
    kind = knowledge.kinds.get(id_)
    if id_ in failed or kind in kinds:
        return None
    fitting = [name for name, its in knowledge.kinds.items() if its in kinds]
    fitting += knowledge.situations if "situation" in kinds else ()
    if kind is None:
        return Issue(file, key, f'There is no "{id_}".', did_you_mean(nearest_names(id_, fitting)))
    message = f'"{id_}" is a {kind}, which does not belong here.'
    return Issue(file, key, message, f"Here belong: {', '.join(sorted(kinds))}.")


def _twice(knowledge: Knowledge) -> Iterator[Issue]:
    """Ids are unique over all nodes, advice items and red flags each."""
    abnormalities = [name for test in knowledge.measurements.values() for name in test.abnormalities]
    folders = (
        knowledge.exposures,
        knowledge.conditions,
        knowledge.syndromes,
        knowledge.findings,
        knowledge.measurements,
    )
    nodes = [*(id_ for folder in folders for id_ in folder), *abnormalities, *knowledge.situations]
    items = [item.id for items in knowledge.advice.values() for item in items]
    for what, ids in (("nodes", nodes), ("advice items", items), ("red flags", [f.id for f in knowledge.red_flags])):
        for id_ in _repeated(ids):
            yield Issue("(all files)", id_, f"Two {what} have this id.", "Rename one of them.")
    for id_ in nodes:
        if id_.startswith("reason_"):
            yield Issue("(all files)", id_, "Ids that begin with reason_ are taken by the network.", "Rename it.")


def _repeated(ids: Iterable[str]) -> list[str]:
    return sorted(id_ for id_, count in Counter(ids).items() if count > 1)


def _unknown_sources(knowledge: Knowledge) -> Iterator[Issue]:
    for file, key, source in cited(knowledge):
        if source not in knowledge.sources:
            remedy = f"{did_you_mean(nearest_names(source, knowledge.sources))} Or enter it in sources.yaml."
            yield Issue(file, key, f'There is no source "{source}".', remedy)


def cited(knowledge: Knowledge) -> Iterator[tuple[str, str, str]]:
    """Every mention of a source: file, key, source."""
    for row in all_grounds(knowledge):
        if row.grounds.source is not None:
            yield row.file, row.key, row.grounds.source
        for other in getattr(row.grounds, "alternatives", ()):
            yield row.file, f"{row.key}.alternatives", other.source
        yield from ((row.file, f"{row.key}.also", source) for source in getattr(row.grounds, "also", ()))
    for id_, items in knowledge.advice.items():
        yield from ((f"advice/{id_}.yaml", item.id, item.source) for item in items)
    yield from (("red_flags.yaml", flag.id, flag.source) for flag in knowledge.red_flags)
