"""Load the knowledge: read, overlay, turn into records, check; all problems come together."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crampnet.errors import BadYaml, Issue, KnowledgeError
from crampnet.knowledge.build import Parts, build, missing_files
from crampnet.knowledge.bundle import FOLDERS, Bundle, misplaced, read_bundle
from crampnet.knowledge.cache import parse_files
from crampnet.knowledge.checks import check, check_names, find_warnings
from crampnet.knowledge.knowledge import Knowledge
from crampnet.knowledge.overlay import apply_overlay
from crampnet.yaml_io import parse_yaml

KEPT = 8
"""So many loaded bodies of knowledge are kept in memory."""

_loaded: dict[tuple[Path, str], Knowledge] = {}


@dataclass(frozen=True)
class _Overlay:
    name: str
    content: bytes


def load_knowledge(path: str | Path | None = None, overlay: str | Path | None = None) -> Knowledge:
    """Load and check a body of knowledge; loading the same files again returns the same object.

    Args:
        path: folder with the files; the shipped ones by default.
        overlay: YAML file that replaces named figures; see the module `overlay`.

    Raises:
        KnowledgeError: with every problem found, each with file, key, message and remedy.
    """
    bundle = read_bundle(path)
    extra = None if overlay is None else _read_overlay(Path(overlay))
    key = (bundle.root.resolve(), _digest(bundle, extra))
    if key not in _loaded:
        _loaded[key] = _load(bundle, extra, key[1])
        while len(_loaded) > KEPT:
            _loaded.pop(next(iter(_loaded)))
    return _loaded[key]


def check_knowledge(path: str | Path | None = None) -> list[Issue]:
    """Everything that is wrong with a body of knowledge, sorted by file and key; empty when nothing is.

    Args:
        path: folder with the files; the shipped ones by default.
    """
    try:
        load_knowledge(path)
    except KnowledgeError as error:
        return list(error.issues)
    return []


def _read_overlay(path: Path) -> _Overlay:
    try:
        return _Overlay(path.name, path.read_bytes())
    except OSError as error:
        problem = f"The overlay cannot be read ({error.strerror})."
        raise KnowledgeError([Issue(str(path), "", problem, "Check its name and permissions.")]) from None


def _digest(bundle: Bundle, overlay: _Overlay | None) -> str:
    if overlay is None:
        return bundle.digest
    return hashlib.sha256(f"{bundle.digest} {overlay.name} ".encode() + overlay.content).hexdigest()


def _load(bundle: Bundle, overlay: _Overlay | None, digest: str) -> Knowledge:
    issues = misplaced(bundle.root)
    parsed = parse_files(bundle, issues)
    unread = set(bundle.files) - set(parsed)
    raw = _by_folder(parsed)
    issues += missing_files(raw, unread)
    if overlay is not None:
        raw = _overlaid(raw, overlay, issues)
    parts = Parts(raw, issues, failed={Path(name).stem for name in unread})
    knowledge = build(parts, digest)
    if knowledge is not None:
        # With a record missing, most checks would blame its neighbours; names can still be checked.
        issues += check_names(knowledge, parts.failed) if issues else check(knowledge)
    if knowledge is None or issues:
        raise KnowledgeError(sorted(set(issues)))
    return replace(knowledge, warnings=tuple(find_warnings(knowledge)))


def _by_folder(parsed: dict[str, Any]) -> dict[str, Any]:
    """File name -> content, as folder -> id -> content and general file -> content."""
    raw: dict[str, Any] = {folder: {} for folder in FOLDERS}
    for name, content in parsed.items():
        folder, _, file = name.rpartition("/")
        stem = file.removesuffix(".yaml")
        if folder:
            raw[folder][stem] = content
        else:
            raw[stem] = content
    return raw


def _overlaid(raw: dict[str, Any], overlay: _Overlay, issues: list[Issue]) -> dict[str, Any]:
    raw = copy.deepcopy(raw)
    try:
        content = parse_yaml(overlay.content, name=overlay.name)
    except BadYaml as error:
        issues.append(Issue(error.place, "", error.sentence, error.remedy))
    else:
        apply_overlay(raw, content, overlay.name, issues)
    return raw
