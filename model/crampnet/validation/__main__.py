"""`python -m crampnet.validation`: score the published cases and write the results and the model card."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crampnet.api import Model, load_model
from crampnet.errors import CrampnetError
from crampnet.validation.card import with_generated
from crampnet.validation.results import APART, count, measure, to_json, versions
from crampnet.validation.stored import RESULTS, load_results


def main(arguments: list[str] | None = None) -> int:
    """Measure and write, or with --check say what is not current; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m crampnet.validation", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("validation"), help="cases/ and excluded.yaml; results")
    parser.add_argument("--card", type=Path, default=Path("MODEL_CARD.md"), help="model card")
    parser.add_argument("--check", action="store_true", help="only say whether results and card are current")
    parser.add_argument("--questions", action="store_true", help="also count the questions needed, most of an hour")
    parser.add_argument("--weights", action="store_true", help="also what the answers hang on, half an hour")
    options = parser.parse_args(arguments)
    try:
        model = load_model()
        if options.check:
            problems = stale(model, options.folder, options.card)
            print("\n".join(problems) or "results and model card are current")
            return bool(problems)
        return _write(model, options.folder, options.card, [name for name in APART if getattr(options, name)])
    except CrampnetError as error:
        print(f"crampnet: {error}", file=sys.stderr)
        return error.exit_code


def stale(model: Model, folder: Path, card: Path) -> list[str]:
    """What is not current, a sentence each: results of other priors or cases, a card that does not show them."""
    file = folder / RESULTS
    if not file.is_file():
        return [f"{file}: missing; run `make accuracy`."]
    results = json.loads(file.read_text(encoding="utf-8"))
    found = []
    for what, now in versions(model, folder).items():
        if results["versions"].get(what) != now:
            found.append(f"{file}: made with other {what}; run `make accuracy`.")
    text = card.read_text(encoding="utf-8")
    if with_generated(text, model.knowledge, results) != text:
        found.append(f"{card}: the generated part is not that of {file}; run `make accuracy`.")
    return found


def _write(model: Model, folder: Path, card: Path, chosen: Sequence[str]) -> int:
    model.ready()
    counted = {name: count(model, folder, name) for name in chosen}
    results = json.loads(to_json(measure(model, folder, {**_kept(folder / RESULTS), **counted})))
    text = with_generated(card.read_text(encoding="utf-8"), model.knowledge, results)
    for file, content in ((folder / RESULTS, to_json(results)), (card, text)):
        file.write_text(content, encoding="utf-8", newline="\n")
        print(f"{file}: written")
    return 0


def _kept(file: Path) -> dict[str, Any]:
    """The results that are there, whatever they were made with; none where there are none."""
    try:
        return load_results(file)
    except CrampnetError:
        return {}


if __name__ == "__main__":
    sys.exit(main())
