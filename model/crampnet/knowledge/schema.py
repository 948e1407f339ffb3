"""JSON Schemas of the files, for editors; generated from the records."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from crampnet.knowledge.records_coverage import Coverage
from crampnet.knowledge.records_findings import Finding, Measurement
from crampnet.knowledge.records_general import (
    Advice,
    Answers,
    Grades,
    Losses,
    RedFlags,
    RejectedSources,
    Settings,
    Situations,
    Sources,
)
from crampnet.knowledge.records_nodes import Condition, Exposure, Syndrome

_KINDS: dict[str, Any] = {
    "advice": Advice,
    "answers": Answers,
    "condition": Condition,
    "coverage": Coverage,
    "exposure": Exposure,
    "finding": Finding | Measurement,
    "grades": Grades,
    "losses": Losses,
    "red_flags": RedFlags,
    "rejected": RejectedSources,
    "settings": Settings,
    "situations": Situations,
    "sources": Sources,
    "syndrome": Syndrome,
}


def schemas() -> dict[str, str]:
    """File name below `schema/` -> JSON text, one for each kind of file."""
    return {f"{name}.json": _schema(kind) for name, kind in _KINDS.items()}


def _schema(kind: Any) -> str:
    schema = TypeAdapter(kind).json_schema(by_alias=True)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(head | schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
