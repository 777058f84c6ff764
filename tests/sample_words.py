"""Prints docstrings and on-page labels drawn at random, to be read by somebody who does not know the code.

python -m tests.sample_words [--seed 0] [--count 25]
"""

from __future__ import annotations

import argparse
import ast
import random
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LABELLED = {
    "button", "caption", "checkbox", "download_button", "error", "expander", "file_uploader", "info", "markdown",
    "number_input", "popover", "segmented_control", "select_slider", "selectbox", "slider", "text_input", "toggle",
    "warning",
}  # fmt: skip
"""Streamlit's elements whose first argument is text on the page."""


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Path and syntax tree of every file of the engine and the app."""
    for path in sorted([ROOT / "app.py", *(ROOT / "explorer").rglob("*.py"), *(ROOT / "pages").glob("*.py")]):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def docstrings() -> list[tuple[str, str]]:
    """Place and text of every docstring."""
    return [
        (f"{path}:{getattr(node, 'lineno', 1)} {getattr(node, 'name', '')}".strip(), text)
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node))
    ]


def labels() -> list[tuple[str, str]]:
    """Place and text of every label or sentence that is given to a Streamlit element."""
    return [
        (f"{path}:{node.lineno} {node.func.attr}", ast.unparse(node.args[0]))
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LABELLED
        and node.args
        and isinstance(node.args[0], ast.Constant | ast.JoinedStr)
    ]


def main() -> None:
    """Print the drawn texts with their places."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=25, help="of each kind")
    options = parser.parse_args()
    draw = random.Random(options.seed)
    for title, texts in (("Docstrings", docstrings()), ("Labels", labels())):
        print(f"{title}: {options.count} of {len(texts)}\n")
        for place, text in draw.sample(texts, min(options.count, len(texts))):
            print(f"{place}\n    " + text.replace("\n", "\n    ") + "\n")


if __name__ == "__main__":
    main()
