"""--help of the program and of every verb, and the list, use none of the retired terms of tests/glossary.py."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from explorer.command_line.program import NAME, program
from tests.glossary import retired_terms


@pytest.mark.parametrize("verb", [None, *program.commands])
def test_help_uses_the_glossary(verb: str | None) -> None:
    words = ["--help"] if verb is None else [verb, "--help"]
    result = CliRunner().invoke(program, words, prog_name=NAME)
    assert result.exit_code == 0 and result.output.startswith("Usage: ")
    text = " ".join(re.sub(r"\bbring\b", "", result.output).split())
    assert retired_terms(text) == []


def test_the_list_uses_the_glossary(explorer) -> None:
    assert retired_terms(" ".join(explorer("list").out.split())) == []
