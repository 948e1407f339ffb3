"""Floor 1: the files of `priors/` -> Knowledge. The only floor that knows YAML records and pydantic."""

from crampnet.knowledge.knowledge import Knowledge
from crampnet.knowledge.load import check_knowledge, load_knowledge
from crampnet.knowledge.render import render_files, stale_files, write_files

__all__ = ["Knowledge", "check_knowledge", "load_knowledge", "render_files", "stale_files", "write_files"]
