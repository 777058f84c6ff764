"""Rules of the house that neither ruff nor import-linter can hold: what may be imported, how long files are.

The order of the rooms stands in pyproject.toml as import-linter's contracts, and what must not be called (seeding one
generator for all, unpickling) as ruff's banned names.
"""

from __future__ import annotations

import ast
import importlib.metadata
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
APP = ROOT / "app.py"
PAGES = sorted((ROOT / "pages").glob("*.py"))
ENGINE_AND_UI = sorted((ROOT / "explorer").rglob("*.py"))
UI = [path for path in ENGINE_AND_UI if (ROOT / "explorer" / "ui") in path.parents]
OURS = {"app", "benchmarks", "explorer", "pages", "studies", "tests"}
# Put together here, so that the names themselves stand nowhere in the project.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("download", "pytorch", "org"),
        ("conda", "anaconda", "org"),
        ("registry", "npmjs", "org"),
        ("deb", "debian", "org"),
    )
]


def imports(path: Path, outermost: bool = False) -> set[str]:
    """The dotted names of the modules that a file imports; `outermost` leaves out what functions import when called."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in tree.body if outermost else ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def foreign(modules: set[str]) -> set[str]:
    """The packages among these that are neither Python's own nor the project's."""
    return {module.partition(".")[0] for module in modules} - OURS - set(sys.stdlib_module_names)


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file of the project, wherever git is or is not; binary assets are passed over."""
    for folder, below, files in os.walk(ROOT):
        below[:] = [name for name in below if name in (".ci", ".streamlit") or not name.startswith((".", "__"))]
        for name in files:
            path = Path(folder, name)
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def shown(paths: Iterable[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_the_entry_is_short_and_only_wires_the_shared_parts_of_the_pages() -> None:
    if not APP.exists():
        pytest.skip("there is no app.py yet")
    assert len(APP.read_text(encoding="utf-8").splitlines()) < 60
    assert foreign(imports(APP)) <= {"streamlit"}
    rooms = {module for module in imports(APP) if module.partition(".")[0] in OURS}
    assert all(f"{room}.".startswith("explorer.ui.") for room in rooms), rooms


@pytest.mark.parametrize("page", PAGES, ids=shown(PAGES))
def test_a_page_is_short(page: Path) -> None:
    assert len(page.read_text(encoding="utf-8").splitlines()) < 150


def test_figures_know_arrays_and_plotly_alone() -> None:
    files = sorted((ROOT / "explorer" / "figures").rglob("*.py"))
    assert shown([path for path in files if not foreign(imports(path)) <= {"numpy", "plotly"}]) == []


def test_what_is_imported_is_a_requirement() -> None:
    """Not something that happens to come along with another package."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    required = {canonicalize_name(Requirement(line).name) for line in lines if line and not line.startswith("#")}
    packages = importlib.metadata.packages_distributions()
    used = {package for path in [APP, *PAGES, *ENGINE_AND_UI] if path.exists() for package in foreign(imports(path))}
    assert {name for name in used if not required & {canonicalize_name(p) for p in packages.get(name, [])}} == set()


def test_no_registry_is_named() -> None:
    """Where packages come from is the business of the machine that installs them."""
    assert shown(path for path, text in texts() if any(host in text for host in REGISTRIES)) == []
