"""What is said literally means what it says: no Markdown, no formula, no entity of somebody else's words."""

from __future__ import annotations

import pytest

from explorer.ui.say import literally


@pytest.mark.parametrize(
    ("said", "escaped"),
    [
        ("*not bold* and _not slanted_", r"\*not bold\* and \_not slanted\_"),
        ("snake_case_name", "snake_case_name"),
        ("[a link](https://x)", r"\[a link\](https://x)"),
        ("$x^2$ `code` ~~gone~~", r"\$x^2\$ \`code\` \~\~gone\~\~"),
        ("&lt;b&gt; <b>", r"\&lt;b&gt; \<b>".replace("&gt;", r"\&gt;")),
    ],
)
def test_what_would_mark_something_is_escaped(said, escaped):
    assert literally(said) == escaped
