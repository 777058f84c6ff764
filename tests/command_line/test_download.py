"""python -m explorer download: asks, fetches, says where."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from explorer.command_line.program import main, program
from tests.data.test_download import mnist, server  # noqa: F401 (fixtures)
from tests.data.test_torchvision_sets import folder  # noqa: F401 (a fixture)


def test_it_asks_and_takes_no_for_an_answer(folder, mnist):  # noqa: F811
    said = CliRunner().invoke(program, ["download", "--dataset", "mnist"], input="n\n")
    assert "Download MNIST, 12 MB, into" in said.output
    assert list(folder.iterdir()) == []


def test_it_fetches_once(folder, mnist, capsys):  # noqa: F811
    assert main(["download", "--dataset", "mnist", "--yes"]) == 0
    assert main(["download", "--dataset", "mnist"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"MNIST is in {folder / 'MNIST/raw'}.",
        f"MNIST is in {folder / 'MNIST/raw'} already.",
    ]


@pytest.mark.parametrize("name", ["digits", "imagenet", ""])
def test_what_cannot_be_fetched_is_one_sentence(folder, capsys, name):  # noqa: F811
    assert main(["download", "--dataset", name]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and "cannot be downloaded; the sets that can are" in said.err
