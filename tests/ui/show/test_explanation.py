"""Every page has an explanation, all fields of it are filled, and its formulas reach Markdown unchanged."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from explorer.ui.show.explanation import TEXTS, load_text
from explorer.ui.state.navigation import PAGES
from tests.glossary import retired_terms

ROOT = Path(__file__).resolve().parents[3]


def fields_given(page: str) -> set[str]:
    """Names of the values that a page passes to `show_explanation`."""
    tree = ast.parse((ROOT / "pages" / f"{page}.py").read_text(encoding="utf-8"))
    (call,) = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "show_explanation"
    ]
    assert isinstance(call.args[0], ast.Constant) and call.args[0].value == page
    return {keyword.arg for keyword in call.keywords if keyword.arg}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_fills_all_fields_of_its_text(page: str) -> None:
    text = load_text(page)
    assert text.is_valid()
    assert set(text.get_identifiers()) == fields_given(page)
    shown = text.substitute(dict.fromkeys(text.get_identifiers(), "7"))
    assert len(shown) > 300 and retired_terms(shown) == []


def test_there_are_no_other_texts() -> None:
    assert {path.stem for path in TEXTS.iterdir()} == set(PAGES)


def test_formulas_reach_markdown_unchanged() -> None:
    formula = (
        "\n$$\\ell(x) = \\frac1N \\sum_j \\frac{\\lVert f(x) - f(x + \\xi_j) \\rVert}{\\lVert \\xi_j \\rVert}, "
        "\\qquad\n"
        "\\xi_j \\sim \\mathcal N(0, \\sigma^2 I), \\qquad \\theta \\leftarrow \\theta - \\eta \\nabla \\ell .$$\n"
    )
    assert formula in load_text("unlearn").substitute()
    assert "$H(x) = -\\sum_i p_i \\log p_i$ in nats" in load_text("compare").substitute()


def test_a_field_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        load_text("overview").substitute()
