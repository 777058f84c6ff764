"""The verb `unlearn`: run a method on one forget request, and measure original, unlearned and retrained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from explorer.command_line.declared import flag, method_settings, only_with, spelled, write_method
from explorer.command_line.options import FORGET_HELP, SEED, Number, dataset_option, model_option, seed_option
from explorer.command_line.prepare import trained
from explorer.command_line.progress import progress_bar
from explorer.command_line.report import as_json, as_text
from explorer.settings import InputError, Settings

if TYPE_CHECKING:
    from explorer.data import ForgetSet
    from explorer.unlearning import Method, Rule


class Unlearn(click.Command):
    """A command whose options are its own and, once --method is read, one for each setting of that method."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads --method before all else, because it decides which options there are; `ctx.obj` is that method."""
        early = click.Command(None, params=[click.Option(["--method"]), click.Option(["--help", "-h"], is_flag=True)])
        tolerant = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
        found = early.make_context(ctx.info_name, list(args), ctx.parent, **tolerant).params
        if found["method"] is not None:
            from explorer.unlearning import method_named

            ctx.obj = method_named(found["method"])
        elif not found["help"]:
            raise click.MissingParameter(ctx=ctx, param=next(each for each in self.params if each.name == "method"))
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise _of_another_method(error, ctx.obj) or error from None

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The verb's own options, then those of the method's settings."""
        settings = {} if ctx.obj is None else method_settings(ctx.obj)
        return [*super().get_params(ctx), *(declared.option() for declared in settings.values())]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verb's own options, then settings and presets of the method, or of every method where none is named."""
        from explorer.unlearning import METHODS

        records = [parameter.get_help_record(ctx) for parameter in super().get_params(ctx)]
        with formatter.section("Options"):
            formatter.write_dl([record for record in records if record is not None])
        for method in METHODS.values() if ctx.obj is None else [ctx.obj]:
            write_method(formatter, method)


@click.command(cls=Unlearn, short_help="Make a model forget, and measure what is left.")
@dataset_option
@model_option
@click.option("--forget", metavar="CODE", required=True, help=FORGET_HELP)
@click.option(
    "--method", metavar="NAME", required=True, help="How to unlearn; each method has settings of its own, below."
)
@click.option("--preset", metavar="NAME", help="Named values of the method's settings; options given beside it win.")
@seed_option
@click.option("--noise-seed", type=SEED, default=0, show_default=True, help="Seed of the method's own randomness.")
@click.option(
    "--stop-at",
    metavar="A",
    type=Number("number", 0, 1),
    help="Stop when the model gets no more than this share (0 to 1) of the forget set right. Default: a share that "
    "suits the kind of forget set, unless the preset runs through.",
)
@click.option("--no-stop", is_flag=True, help="Take every step: no target, and no guard against collapse.")
@click.option("--json", "json_wanted", is_flag=True, help="Print JSON: shares from 0 to 1, entropies in nats.")
@click.pass_context
def unlearn(
    context: click.Context,
    /,
    dataset: str,
    model: str,
    forget: str,
    method: str,
    preset: str | None,
    seed: int,
    noise_seed: int,
    stop_at: float | None,
    no_stop: bool,
    json_wanted: bool,
    **settings: Any,
) -> None:
    """Make a trained model forget, and measure it beside the original and a model retrained without the forget set.

    The original and the retrained model are trained where they are not stored. Without --stop-at and --no-stop, the
    preset decides whether the run ends when the forget set is forgotten.

    \b
    Examples:
      python -m explorer unlearn --dataset digits --model convnet --forget class:3 --method jit
      python -m explorer unlearn --dataset digits --model mlp --forget random:20@1 --method jit --stop-at 0.5
      python -m explorer unlearn --dataset moons --model mlp --forget near:5@4 --method jit --sigma 0.3 --json
      python -m explorer unlearn --method mislabel --help
    """
    from explorer.evaluation import evaluate
    from explorer.experiments import Experiment, Request
    from explorer.experiments import unlearn as run_method
    from explorer.models.building import NOT_RETRAINED, can_be_retrained

    chosen: Method = context.obj
    if stop_at is not None and no_stop:
        raise InputError("--stop-at says when to stop and --no-stop says never: give one of them.")
    named = chosen.presets[0] if preset is None else chosen.preset(preset)
    experiment = Experiment(dataset, model, seed, forget)
    given = {name: value for name, value in settings.items() if value is not None}
    configured = chosen.configure(experiment.data.shape, named.name, given)
    rule = _rule(stop_at, experiment.forget_set, stops=named.stops and not no_stop)
    _say_what_has_no_effect(configured, given)

    original, _ = trained(experiment, "original")
    networks = {"original": original}
    if can_be_retrained(model):
        networks["retrained"], _ = trained(experiment, "retrained")
    else:
        click.echo(f"Note: {NOT_RETRAINED.format(model=model)}", err=True)
    request = Request(experiment, chosen, configured, rule, noise_seed)
    with progress_bar("unlearning, at most") as advance:
        outcome = run_method(request, watch=lambda step: advance(step.index / step.total))
    kept = experiment.partition
    networks["unlearned"] = outcome.network
    measures = {which: evaluate(network, kept) for which, network in networks.items()}
    click.echo((as_json if json_wanted else as_text)(request, outcome, measures))


def _rule(stop_at: float | None, forget: ForgetSet, stops: bool) -> Rule:
    """What ends the run: the share that was asked for, else what suits the forget set, else nothing."""
    from explorer.unlearning import Rule, default_rule

    if stop_at is not None:
        return Rule(accuracy=stop_at)
    return default_rule(forget) if stops else Rule(target="none", guard=0.0)


def _say_what_has_no_effect(settings: Settings, given: Mapping[str, Any]) -> None:
    """A note on standard error for each option that the other settings leave without a meaning."""
    for name in given:
        if name not in settings.applying():
            needed = [
                " or ".join(spelled(other, value) for value in values)
                for other, values in only_with(settings.declarations()[name], settings).items()
            ]
            because = f"; it needs {', '.join(needed)}" if needed else ""
            click.echo(f"Note: {flag(name)} has no effect beside the other settings{because}.", err=True)


def _of_another_method(error: click.NoSuchOption, chosen: Method | None) -> InputError | None:
    """The sentence for an option that is a setting, but not of the chosen method."""
    from explorer.unlearning import METHODS

    owners = [
        method.name for method in METHODS.values() if error.option_name in map(flag, method.settings.declarations())
    ]
    if not owners or chosen is None:
        return None
    own = ", ".join(map(flag, chosen.settings.declarations()))
    return InputError(f"{error.option_name} is a setting of {', '.join(owners)}; those of {chosen.name} are {own}.")
