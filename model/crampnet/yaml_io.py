"""The one way in which crampnet reads and writes YAML 1.2.

`no` and `12_17` stay texts, a key may stand once, keys are texts, and dates arrive as ISO texts. Aliases and
tags are refused, so that a file says what it says and cannot unfold into something huge.
"""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import SafeRepresenter
from ruamel.yaml.resolver import VersionedResolver

from crampnet.errors import BadYaml

LIMIT = 2_000_000
"""Largest file that is read, in bytes."""

_RARE_BREAKS = "\x85\u2028\u2029"

_PLAIN = "Use plain YAML: keys, texts, numbers and lists, in UTF-8, indented by spaces."


class _NoAliases(Composer):
    """A composer that refuses aliases."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.parser.check_event(AliasEvent):
            event = self.parser.peek_event()
            raise ComposerError(None, None, "an alias (*name) is not allowed", event.start_mark)
        return super().compose_node(parent, index)


class _CoreSchema(VersionedResolver):
    """A resolver that reads `12_17` as a text, as YAML 1.2 does, and not as the number 1217."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        if kind is ScalarNode and implicit[0] and "_" in value:
            return super().resolve(kind, "text", implicit)
        return super().resolve(kind, value, implicit)


class _Representer(SafeRepresenter):
    """A representer that escapes the rare line breaks, which an unquoted text would lose."""

    def represent_str(self, data: str) -> ScalarNode:
        style = '"' if any(mark in data for mark in _RARE_BREAKS) else None
        node: ScalarNode = self.represent_scalar("tag:yaml.org,2002:str", data, style=style)
        return node


_Representer.add_representer(str, _Representer.represent_str)


def read_yaml(path: Path, *, name: str | None = None, limit: int = LIMIT) -> Any:
    """Read one YAML file.

    Args:
        path: the file.
        name: how errors call it; the file's own name by default.
        limit: largest size in bytes.

    Raises:
        BadYaml: it cannot be read, is too large, or is not the YAML described above.
    """
    name = name or path.name
    try:
        if path.stat().st_size > limit:
            raise _too_large(name, limit)
        content = path.read_bytes()
    except OSError as error:
        problem = f"it cannot be read ({error.strerror or error})."
        raise BadYaml(name, problem, "Check that the file exists and may be read.") from None
    return parse_yaml(content, name=name, limit=limit)


def parse_yaml(content: str | bytes, *, name: str = "text", limit: int = LIMIT) -> Any:
    """Parse one YAML document; an empty one gives None.

    Args:
        content: the text, or its UTF-8 bytes.
        name: how errors call it.
        limit: largest size in bytes.

    Raises:
        BadYaml: it is too large, or not the YAML described above.
    """
    if len(content) > limit:
        raise _too_large(name, limit)
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        return _plain(_reader().load(text), name)
    except UnicodeDecodeError:
        raise BadYaml(name, "it is not UTF-8 text.", "Save the file as UTF-8.") from None
    except RecursionError:
        raise BadYaml(name, "it is nested too deeply.", _PLAIN) from None
    except MarkedYAMLError as error:
        raise _marked(name, error) from None
    except (YAMLError, ValueError) as error:
        raise BadYaml(name, f"it is not YAML ({_first_line(error)}).", _PLAIN) from None


def dump_yaml(data: Any) -> str:
    """Write plain data (mappings, lists, texts, numbers) as YAML that `parse_yaml` reads back."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = 100
    stream = io.StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()


def _reader() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _NoAliases
    yaml.Resolver = _CoreSchema
    return yaml


def _too_large(name: str, limit: int) -> BadYaml:
    return BadYaml(name, f"it is larger than {limit:,} bytes.", "Give a smaller file.")


def _marked(name: str, error: MarkedYAMLError) -> BadYaml:
    mark = error.problem_mark or error.context_mark
    place = f"{name}, line {mark.line + 1}, column {mark.column + 1}" if mark else name
    problem = _first_line(error.problem or error.context or "it is not YAML")
    if problem.startswith("found duplicate key"):
        return BadYaml(place, f"{problem}.", "Keep one of the two entries.")
    return BadYaml(place, f"{problem}.", _PLAIN)


def _first_line(error: object) -> str:
    return (str(error).splitlines() or ["unreadable"])[0].rstrip(".:")


def _plain(value: Any, name: str) -> Any:
    """Dates to ISO texts, and keys that are not texts refused."""
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                problem = f"the key {key!r} is not a text."
                raise BadYaml(name, problem, "Put it in quotes.")
        return {key: _plain(item, name) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, name) for item in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    raise BadYaml(name, f"a tag makes a value a {type(value).__name__}.", _PLAIN)
