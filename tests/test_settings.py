"""Every declared parameter: its default, its range, and the one sentence for anything else."""

from __future__ import annotations

import math
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from explorer.data.planes import BlobOptions, PlaneOptions
from explorer.models import FitSettings
from explorer.settings import InputError, Settings, setting
from explorer.unlearning import METHODS, JitSettings, MislabelSettings, Rule

MODELS = [JitSettings, MislabelSettings, Rule, FitSettings, PlaneOptions, BlobOptions]
SHAPES = [(2,), (1, 8, 8), (1, 28, 28), (3, 32, 32)]

DECLARED = [(model, declared) for model in MODELS for declared in model.declarations().values()]
NUMBERS = [(model, d) for model, d in DECLARED if d.kind in ("float", "int")]


def named(pairs):
    return [pytest.param(model, d, id=f"{model.__name__}.{d.name}") for model, d in pairs]


class Kettle(Settings):
    """Every kind of parameter there is."""

    heat: float = setting(0.5, "how hot", least=0.1, most=100, log=True, unit="degrees")
    cups: int = setting(2, "how much", least=1, most=2**31 - 1, for_shape=lambda shape: len(shape))
    tea: Literal["black", "green"] = setting("black", "which")
    milk: bool = setting(False, "whether", applies=lambda kettle: kettle.tea == "black")


def refusal(model, **values):
    with pytest.raises(InputError) as caught:
        model(**values)
    return str(caught.value)


def test_a_declaration_says_everything():
    heat, cups, tea, milk = Kettle.declarations().values()
    assert (heat.kind, heat.default, heat.least, heat.most, heat.log, heat.unit) == (
        "float", 0.5, 0.1, 100, True, "degrees",
    )  # fmt: skip
    assert (cups.kind, cups.default, cups.log, cups.unit, cups.for_shape((1, 8, 8))) == ("int", 2, False, "", 3)
    assert (tea.kind, tea.default, tea.choices, tea.least) == ("choice", "black", ("black", "green"), None)
    assert (milk.kind, milk.default, milk.help, milk.for_shape) == ("flag", False, "whether", None)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"heat": 0}, "heat must be a number from 0.1 to 100, not 0."),
        ({"heat": "hot"}, "heat must be a number from 0.1 to 100, not 'hot'."),
        ({"heat": math.nan}, "heat must be a number from 0.1 to 100, not nan."),
        ({"heat": "inf"}, "heat must be a number from 0.1 to 100, not 'inf'."),
        ({"cups": 1.5}, "cups must be a whole number from 1 to 2147483647, not 1.5."),
        ({"cups": None}, "cups must be a whole number from 1 to 2147483647, not None."),
        ({"tea": "red"}, "tea must be one of black, green, not 'red'."),
        ({"milk": "perhaps"}, "milk must be true or false, not 'perhaps'."),
        ({"sugar": 1}, "There is no setting 'sugar'; the settings are heat, cups, tea, milk."),
        ({"heat": -1, "cups": 0}, "heat must be a number from 0.1 to 100, not -1."),
    ],
)
def test_a_wrong_value_gives_one_sentence(values, sentence):
    assert refusal(Kettle, **values) == sentence


@given(value=st.floats(allow_nan=True, allow_infinity=True))
def test_exactly_the_finite_numbers_of_the_range_are_taken(value):
    if 0.1 <= value <= 100:
        assert Kettle(heat=value).heat == Kettle(heat=repr(value)).heat == value
    else:
        refusal(Kettle, heat=value)
        refusal(Kettle, heat=repr(value))


def test_links_and_options_may_give_text():
    assert Kettle(heat="1e1", cups="7", milk="true") == Kettle(heat=10.0, cups=7, milk=True)


def test_settings_do_not_change_and_can_be_compared():
    kettle = Kettle()
    with pytest.raises(ValidationError, match="frozen"):
        kettle.heat = 2.0
    assert kettle == Kettle(heat=0.5) and hash(kettle) == hash(Kettle(heat=0.5)) and kettle != Kettle(heat=0.6)


def test_what_applies_depends_on_the_other_values():
    assert list(Kettle(tea="black").applying()) == ["heat", "cups", "tea", "milk"]
    assert list(Kettle(tea="green").applying()) == ["heat", "cups", "tea"]


def test_defaults_for_a_shape_give_way_to_what_is_given():
    assert Kettle.for_shape((1, 8, 8)) == Kettle(cups=3)
    assert Kettle.for_shape((1, 8, 8), {"cups": 9, "milk": True}) == Kettle(cups=9, milk=True)
    with pytest.raises(InputError, match=r"^cups must be"):
        Kettle.for_shape((1, 8, 8), {"cups": 0})


@pytest.mark.parametrize(("model", "declared"), named(DECLARED))
def test_every_default_is_allowed_and_explained(model, declared):
    assert declared.help and not declared.help.endswith(".")
    assert getattr(model(), declared.name) == declared.default
    for default in [declared.default, *(declared.for_shape(shape) for shape in SHAPES if declared.for_shape)]:
        assert getattr(model(**{declared.name: default}), declared.name) == default
        if declared.kind == "choice":
            assert default in declared.choices
        elif declared.kind == "flag":
            assert default is True or default is False
        else:
            assert declared.least <= default <= declared.most
    assert not declared.log or declared.least > 0


@pytest.mark.parametrize(("model", "declared"), named(NUMBERS))
def test_every_range_is_held_at_both_ends(model, declared):
    for end in (declared.least, declared.most):
        assert getattr(model(**{declared.name: end}), declared.name) == end
    beyond = (declared.least - 1, declared.most + 1, math.nan, math.inf, -math.inf, "nan", "", "junk", None, [1])
    fractions = (declared.least + 0.5,) if declared.kind == "int" else (math.nextafter(declared.least, -math.inf),)
    for wrong in (*beyond, *fractions):
        sentence = refusal(model, **{declared.name: wrong})
        assert sentence == f"{declared.name} must be {declared.allowed()}, not {wrong!r}."


@pytest.mark.parametrize(("model", "declared"), named([pair for pair in DECLARED if pair not in NUMBERS]))
def test_every_choice_is_taken_and_nothing_else(model, declared):
    for choice in declared.choices or (True, False):
        assert getattr(model(**{declared.name: choice}), declared.name) == choice
    for wrong in ("junk", math.nan, None, 7):
        assert (
            refusal(model, **{declared.name: wrong}) == f"{declared.name} must be {declared.allowed()}, not {wrong!r}."
        )


@pytest.mark.parametrize("model", MODELS)
def test_an_unknown_name_is_refused(model):
    assert refusal(model, wrong=1).startswith("There is no setting 'wrong'; the settings are ")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_every_preset_is_valid_for_every_shape(method, shape):
    for preset in method.presets:
        configured = method.configure(shape, preset.name)
        assert all(getattr(configured, name) == value for name, value in preset.values.items())
        declared = configured.declarations().values()
        for each in declared:
            if each.name not in preset.values:
                default = each.for_shape(shape) if each.for_shape else each.default
                assert getattr(configured, each.name) == default
    first = method.presets[0].name
    assert method.configure(shape, first, {"passes": 3}).passes == 3
    with pytest.raises(InputError, match=f"{method.name} has no preset 'best'; its presets are {first}"):
        method.configure(shape, "best")


def test_jit_asks_only_for_what_has_a_meaning():
    given = JitSettings(update="sample", step="gradient", noise="smooth").applying()
    assert not {"batch_size", "reduction", "length"} & given.keys() and {"eta", "smoothing"} <= given.keys()
    given = JitSettings(update="batch", step="length", noise="gaussian").applying()
    assert {"batch_size", "reduction", "length"} <= given.keys() and not {"eta", "smoothing"} & given.keys()
