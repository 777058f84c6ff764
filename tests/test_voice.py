"""Docstrings begin with their subject, and names announce their content; see ARCHITECTURE.md for the glossary."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.glossary import LOCALS, RELATIVE

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [
    ROOT / "app.py",
    *sorted(path for room in ("explorer", "pages", "benchmarks", "studies") for path in (ROOT / room).rglob("*.py")),
]


def named(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of every variable that is assigned, and of every argument."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.FunctionDef | ast.MatchAs) and node.name is not None:
            yield node.lineno, node.name


def documented(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of every docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text is not None:
                yield getattr(node, "lineno", 1), text


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    """Syntax tree of every source file, by its path in the project."""
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def test_names_announce_their_content(trees: dict[str, ast.Module]) -> None:
    assert [
        f"{path}:{line} {name}" for path, tree in trees.items() for line, name in named(tree) if name in LOCALS
    ] == []


def test_docstrings_begin_with_their_subject(trees: dict[str, ast.Module]) -> None:
    texts = [(path, line, text) for path, tree in trees.items() for line, text in documented(tree)]
    assert len(texts) > 1000
    assert [f"{path}:{line} {text[:60]}" for path, line, text in texts if RELATIVE.match(text)] == []


def test_docstrings_cite_nothing_outside_the_project(trees: dict[str, ast.Module]) -> None:
    texts = [(path, line, text) for path, tree in trees.items() for line, text in documented(tree)]
    cited = re.compile(r"\b(METHOD|DESIGN|VOICE|CRAFT)\b")
    assert [f"{path}:{line} {text[:60]}" for path, line, text in texts if cited.search(text)] == []
