"""The generated files of a body of knowledge, and whether they are current."""

from __future__ import annotations

from pathlib import Path

from crampnet.knowledge.bundle import priors_folder
from crampnet.knowledge.evidence import evidence_table
from crampnet.knowledge.load import load_knowledge
from crampnet.knowledge.schema import schemas


def render_files(path: str | Path | None = None) -> dict[Path, str]:
    """Every generated file and the text it should hold; nothing is written.

    Args:
        path: folder with the knowledge; the shipped one by default.

    Raises:
        KnowledgeError: the knowledge has problems.
    """
    root = priors_folder(path)
    files = {root / "schema" / name: text for name, text in schemas().items()}
    files[root / "evidence.md"] = evidence_table(load_knowledge(path))
    return files


def write_files(path: str | Path | None = None) -> list[Path]:
    """Write the generated files that are missing or differ, and return them."""
    stale = stale_files(path)
    texts = render_files(path)
    for file in stale:
        file.parent.mkdir(exist_ok=True)
        file.write_text(texts[file], encoding="utf-8", newline="\n")
    return stale


def stale_files(path: str | Path | None = None) -> list[Path]:
    """The generated files that are missing or differ from what they should hold."""
    return [file for file, text in render_files(path).items() if not _holds(file, text)]


def _holds(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8") == text
