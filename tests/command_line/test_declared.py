"""An option for each declared setting: what it says, and that what it hands on is what was meant."""

from __future__ import annotations

from typing import Literal

import pytest

from explorer.command_line.declared import Declared, as_typed, method_settings, only_with, plain_settings
from explorer.command_line.program import program
from explorer.command_line.unlearn import unlearn
from explorer.settings import Settings, setting
from explorer.unlearning import METHODS


class Kettle(Settings):
    """Every kind of parameter there is."""

    fuel: Literal["gas", "wood"] = setting("gas", "what burns")
    lid: bool = setting(False, "whether it is covered")
    heat: float = setting(
        0.5, "how hot", least=0.1, most=100, unit="degrees", applies=lambda kettle: kettle.fuel == "gas" and kettle.lid
    )
    cups: int = setting(2, "how much", least=1, most=9, applies=lambda kettle: kettle.lid)


DECLARED = Kettle.declarations()


def test_a_setting_names_the_values_without_which_it_has_no_effect():
    assert only_with(DECLARED["cups"], Kettle()) == {"lid": (True,)}
    assert only_with(DECLARED["heat"], Kettle(lid=True)) == {"fuel": ("gas",), "lid": (True,)}
    assert only_with(DECLARED["fuel"], Kettle()) == {}


@pytest.mark.parametrize(
    ("defaults", "words"),
    [
        ({(2,): 1.0, (1, 8, 8): 1.0}, "default 1"),
        ({(2,): 0.2, (1, 8, 8): 1.0, (1, 28, 28): 1.0}, "default 0.2 (points), 1 (pictures)"),
        ({(2,): 3, (1, 8, 8): 3, (1, 28, 28): 9}, "default 3 (points), 3 (8x8 pictures), 9 (28x28 pictures)"),
    ],
)
def test_defaults_are_told_apart_by_the_shape_of_inputs(defaults, words):
    assert Declared(DECLARED["heat"], defaults, {}).help() == f"how hot (degrees); a number from 0.1 to 100; {words}"


def test_what_it_needs_is_said_as_it_is_typed():
    needs = {"fuel": ("gas", "wood"), "lid": (True,)}
    assert Declared(DECLARED["cups"], {(2,): 2}, needs).help() == (
        "how much; a whole number from 1 to 9; default 2; only with --fuel gas or --fuel wood; only with --lid"
    )


def test_flags_and_choices():
    flag, choice = (plain_settings(Kettle)[name].option() for name in ("lid", "fuel"))
    assert (flag.opts, flag.secondary_opts, flag.help) == (
        ["--lid"],
        ["--no-lid"],
        "whether it is covered; default off",
    )
    assert (choice.opts, choice.metavar, choice.help) == (["--fuel"], "gas|wood", "what burns; default gas")


def parsed(method, values):
    """The settings that a run would take, when every value is given as an option."""
    words = ["--dataset", "digits", "--model", "mlp", "--forget", "class:0", "--method", method.name]
    words += [word for name, value in values.items() for word in as_typed(name, value).split()]
    given = unlearn.make_context("unlearn", words, program.make_context("explorer", ["unlearn"])).params
    return {name: given[name] for name in method.settings.declarations() if given[name] is not None}


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_a_setting_that_is_not_given_is_left_to_the_preset(method):
    assert parsed(method, {}) == {}


@pytest.mark.parametrize("shape", [(2,), (1, 28, 28)], ids=str)
@pytest.mark.parametrize(("name", "preset"), [(m.name, preset.name) for m in METHODS.values() for preset in m.presets])
def test_what_is_spelled_is_what_is_read(name, preset, shape):
    method = METHODS[name]
    settings = method.configure(shape, preset)
    given = parsed(method, settings.model_dump())
    assert list(given) == list(settings.model_dump())
    assert method.configure(shape, method.presets[-1].name, given) == settings


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_the_help_of_a_method_says_all_there_is_to_know(explorer, method):
    words = " ".join(explorer("unlearn", "--method", method.name, "--help").out.split())
    for name, declared in method_settings(method).items():
        assert f"--{name.replace('_', '-')} " in words
        assert " ".join(declared.help().split()) in words
        assert declared.declaration.kind not in ("int", "float") or declared.declaration.allowed() in words
    for preset in method.presets:
        assert preset.help in words


def test_the_help_of_unlearn_groups_the_settings_by_method(explorer):
    everything = explorer("unlearn", "--help").out
    for method in METHODS.values():
        section = everything.partition(f"Settings of {method.name}:")[2].partition("Settings of ")[0]
        assert [name for name in method.settings.declarations() if f"--{name.replace('_', '-')} " not in section] == []
        own = explorer("unlearn", "--help", "--method", method.name).out
        assert [other for other in METHODS if f"Settings of {other}:" in own] == [method.name]
