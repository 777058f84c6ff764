"""Markdown, formulas and entities in untrusted text are escaped."""

from __future__ import annotations

import pytest

from explorer.ui.say import escaped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*not bold* and _not slanted_", r"\*not bold\* and \_not slanted\_"),
        ("snake_case_name", "snake_case_name"),
        ("[a link](https://x)", r"\[a link\](https://x)"),
        ("$x^2$ `code` ~~gone~~", r"\$x^2\$ \`code\` \~\~gone\~\~"),
        ("&lt;b&gt; <b>", r"\&lt;b&gt; \<b>".replace("&gt;", r"\&gt;")),
    ],
)
def test_marks_of_markdown_are_escaped(text, expected):
    assert escaped(text) == expected
