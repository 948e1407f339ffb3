"""An overlay: a small YAML file that replaces named figures, such as a clinic's own base rates.

```yaml
conditions.carpal_tunnel_syndrome.troubles_hand.value: 0.5
conditions.hypocalcemia.raised_by.thyroid_or_neck_surgery.value: 0.04
settings.primary_care.female: 0.6
```

A path goes from the folder or general file to the key (what stands under `settings:` in settings.yaml is not named
twice); items of a list are found by number, id or cause. A figure of which only the value (and perhaps the interval)
is replaced becomes a judgement whose reason is the overlay, since its source did not print it.
"""

from __future__ import annotations

from typing import Any

from crampnet.errors import Issue, did_you_mean
from crampnet.knowledge.nearest import nearest_names

_GROUNDS = (
    "basis", "grade", "source", "locator", "checked_on", "arithmetic", "reported", "reason", "alternatives", "also",
)  # fmt: skip


def apply_overlay(raw: dict[str, Any], overlay: Any, name: str, issues: list[Issue]) -> None:
    """Replace figures in the parsed files, in place.

    Args:
        raw: parsed files: folder -> id -> content, and general file -> content.
        overlay: the parsed overlay: dotted path -> new value.
        name: the overlay's name, for issues and reasons.
        issues: grows by every path that leads nowhere.
    """
    if not isinstance(overlay, dict):
        remedy = "Give lines such as `conditions.<id>.troubles_hand.value: 0.5`."
        issues.append(Issue(name, "", "An overlay is a mapping of paths to values.", remedy))
        return
    touched: dict[str, set[str]] = {}
    for path, value in overlay.items():
        parts = _parts(raw, path)
        parent, problem = _walk(raw, parts[:-1])
        key = parts[-1] if problem is None else None
        if problem is None and _find(parent, parts[-1]) is None:
            problem = _lost(parts[-1], parent)
        if problem is not None or key is None:
            issues.append(Issue(name, path, f"This path leads nowhere: {problem}", "Name a figure that exists."))
            continue
        parent[_find(parent, key)] = value
        touched.setdefault(".".join(parts[:-1]), set()).add(key)
    for place, keys in touched.items():
        if "value" in keys:
            _reground(_walk(raw, place.split("."))[0], keys, name)


def _parts(raw: dict[str, Any], path: str) -> list[str]:
    head, *rest = path.split(".")
    inside = raw.get(head)
    return [head, head, *rest] if isinstance(inside, dict) and head in inside else [head, *rest]


def _walk(raw: Any, parts: list[str]) -> tuple[Any, str | None]:
    """The value at a path, or what went wrong."""
    value = raw
    for part in parts:
        key = _find(value, part)
        if key is None:
            return None, _lost(part, value)
        value = value[key]
    return value, None


def _find(value: Any, part: str) -> Any:
    """The key or index that a part of a path stands for; None if there is none."""
    if isinstance(value, dict):
        return part if part in value else None
    if not isinstance(value, list):
        return None
    if part.isdecimal():
        return int(part) if int(part) < len(value) else None
    names = [item.get("id", item.get("cause")) if isinstance(item, dict) else None for item in value]
    return names.index(part) if part in names else None


def _lost(part: str, value: Any) -> str:
    nearest = nearest_names(part, value) if isinstance(value, dict) else ()
    return f'there is no "{part}". {did_you_mean(nearest)}'


def _reground(number: dict[str, Any], given: set[str], name: str) -> None:
    """Make a figure with a replaced value a judgement, unless the overlay gave it grounds."""
    if "basis" in given:
        return
    for key in _GROUNDS:
        number.pop(key, None)
    number |= {"basis": "judgement", "grade": "E", "reason": f"Replaced by the overlay {name}."}
