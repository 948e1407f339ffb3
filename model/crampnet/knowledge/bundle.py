"""All path logic: where the knowledge lies, which files belong to it, and their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crampnet.errors import Issue, KnowledgeError

FOLDERS = ("conditions", "exposures", "syndromes", "findings", "advice")
"""Folders with one file a record, named after its id."""

GENERAL = ("answers", "grades", "losses", "red_flags", "rejected", "settings", "sources")
"""Files that stand once, beside the folders."""

OPTIONAL = ("coverage", "situations")
"""General files that a body of knowledge may do without."""

IGNORED = ("schema",)
"""Folders of generated files."""


@dataclass(frozen=True)
class Bundle:
    """The files of one body of knowledge, read and not yet understood.

    Args:
        root: the folder.
        files: path relative to the root, with slashes -> content; sorted by path.
    """

    root: Path
    files: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """SHA-256 over the names and contents of all files, in hexadecimal."""
        whole = hashlib.sha256()
        for name, content in self.files.items():
            whole.update(f"{name}\0{len(content)}\0".encode())
            whole.update(content)
        return whole.hexdigest()


def priors_folder(path: str | Path | None = None) -> Path:
    """The folder with the knowledge: the given one, or the one that came with the package.

    An installed package has it as `crampnet/priors`; a checkout as `priors` beside `model`.

    Raises:
        KnowledgeError: there is no such folder.
    """
    package = Path(__file__).resolve().parent.parent
    shipped = (package / "priors", package.parent.parent / "priors")
    candidates = shipped if path is None else (Path(path).expanduser(),)
    for folder in candidates:
        if (folder / "conditions").is_dir():
            return folder
    where = candidates[-1]
    remedy = f"Give a folder that holds {', '.join(FOLDERS)} and the general files."
    raise KnowledgeError([Issue(str(where), "", "There is no knowledge in this folder.", remedy)])


def read_bundle(path: str | Path | None = None) -> Bundle:
    """Read the bytes of every file of the knowledge.

    Raises:
        KnowledgeError: there is no such folder, or a file cannot be read.
    """
    root = priors_folder(path)
    files: dict[str, bytes] = {}
    issues: list[Issue] = []
    for name in _names(root):
        try:
            files[name] = (root / name).read_bytes()
        except OSError as error:
            problem = f"The file cannot be read ({error.strerror})."
            issues.append(Issue(name, "", problem, "Check its permissions."))
    if issues:
        raise KnowledgeError(issues)
    return Bundle(root, files)


def misplaced(root: Path) -> list[Issue]:
    """YAML files that lie where nothing reads them; those whose name begins with an underscore are drafts."""
    known = set(_names(root))
    return [
        Issue(
            name,
            "",
            "Nothing reads this file.",
            f"General files are {', '.join((*GENERAL, *OPTIONAL))} (.yaml); records lie in {', '.join(FOLDERS)}.",
        )
        for file in sorted(root.rglob("*.y*ml"))
        if (name := file.relative_to(root).as_posix()) not in known
        and not file.name.startswith(("_", "."))
        and name.split("/")[0] not in IGNORED
    ]


def _names(root: Path) -> list[str]:
    general = [f"{name}.yaml" for name in (*GENERAL, *OPTIONAL) if (root / f"{name}.yaml").is_file()]
    records = [
        f"{folder}/{file.name}"
        for folder in FOLDERS
        for file in (root / folder).glob("*.yaml")
        if not file.name.startswith(("_", "."))
    ]
    return sorted(general + records)
