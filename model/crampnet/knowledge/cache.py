"""Parsed YAML files, kept between runs in the user's cache folder: reading YAML is most of the load time.

Entries are keyed by the SHA-256 of a file's content, so they cannot be stale; whatever is wrong with the cache, the
files are parsed instead. It holds plain JSON: nothing in it is ever executed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from crampnet.errors import BadYaml, Issue
from crampnet.knowledge.bundle import Bundle
from crampnet.yaml_io import parse_yaml

FORMAT = 1
"""Raised when the way of parsing changes."""


def parse_files(bundle: Bundle, issues: list[Issue]) -> dict[str, Any]:
    """Parse every file; those with problems are left out and added to `issues`.

    Args:
        bundle: the files.
        issues: grows by every file that is not YAML.

    Returns:
        File name -> parsed content.
    """
    place = _place(bundle.root)
    kept = _read(place)
    keys = {name: _key(content) for name, content in bundle.files.items()}
    parsed: dict[str, Any] = {}
    for name, content in bundle.files.items():
        try:
            parsed[name] = kept[keys[name]] if keys[name] in kept else parse_yaml(content, name=name)
        except BadYaml as error:
            issues.append(Issue(error.place, "", error.sentence, error.remedy))
    entries = {keys[name]: content for name, content in parsed.items()}
    if entries.keys() - kept.keys():
        _write(place, entries)
    return parsed


def forget(root: Path) -> None:
    """Remove what is kept of a folder that will not be read again, as it was given to `load_knowledge`."""
    with suppress(OSError):
        _place(root).unlink()


def _place(root: Path) -> Path:
    return cache_folder() / f"knowledge-{_key(str(root).encode())[:16]}.json"


def cache_folder() -> Path:
    """The folder for what can be computed again; $CRAMPNET_CACHE moves it."""
    if chosen := os.environ.get("CRAMPNET_CACHE"):
        return Path(chosen)
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "crampnet"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "crampnet"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "crampnet"


def _key(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(place: Path) -> dict[str, Any]:
    try:
        stored = json.loads(place.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(stored, dict) or stored.get("format") != FORMAT:
        return {}
    entries = stored.get("entries")
    return entries if isinstance(entries, dict) else {}


def _write(place: Path, entries: Mapping[str, Any]) -> None:
    """Write beside and move into place, so that a reader never sees half a file; failing is no error."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=place.parent, delete=False, encoding="utf-8") as file:
            json.dump({"format": FORMAT, "entries": entries}, file)
        Path(file.name).replace(place)
    except OSError:
        return
