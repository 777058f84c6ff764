"""Verb `unlearn`: run a method on a forget set and measure the original, unlearned and retrained model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from explorer.command_line.declared import as_typed, method_settings, only_with, option_name, write_method
from explorer.command_line.options import FORGET_HELP, SEED, Number, dataset_option, model_option, seed_option
from explorer.command_line.prepare import trained
from explorer.command_line.progress import progress_bar
from explorer.command_line.report import as_json, as_text
from explorer.settings import InputError, Settings

if TYPE_CHECKING:
    from explorer.data import ForgetSet
    from explorer.unlearning import Method, Rule


class Unlearn(click.Command):
    """Command with its own options and an option for each setting of the method given by --method."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse --method first, because it decides which options exist, and store the method in `ctx.obj`."""
        early = click.Command(None, params=[click.Option(["--method"]), click.Option(["--help", "-h"], is_flag=True)])
        tolerant = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
        parameters = early.make_context(ctx.info_name, list(args), ctx.parent, **tolerant).params
        if parameters["method"] is not None:
            from explorer.unlearning import method_named

            ctx.obj = method_named(parameters["method"])
        elif not parameters["help"]:
            raise click.MissingParameter(ctx=ctx, param=next(param for param in self.params if param.name == "method"))
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise _of_another_method(error, ctx.obj) or error from None

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Options of the verb, then those of the method's settings."""
        settings = {} if ctx.obj is None else method_settings(ctx.obj)
        return [*super().get_params(ctx), *(declared.option() for declared in settings.values())]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verb's options, then settings and presets of the method; of every method if none is given."""
        from explorer.unlearning import METHODS

        records = [parameter.get_help_record(ctx) for parameter in super().get_params(ctx)]
        with formatter.section("Options"):
            formatter.write_dl([record for record in records if record is not None])
        for method in METHODS.values() if ctx.obj is None else [ctx.obj]:
            write_method(formatter, method)


@click.command(cls=Unlearn, short_help="Unlearn a forget set and measure the result.")
@dataset_option
@model_option
@click.option("--forget", metavar="CODE", required=True, help=FORGET_HELP)
@click.option(
    "--method", metavar="NAME", required=True, help="Unlearning method; the settings of each method are listed below."
)
@click.option("--preset", metavar="NAME", help="Preset of the method's settings; explicit options override it.")
@seed_option
@click.option("--noise-seed", type=SEED, default=0, show_default=True, help="Seed of the method's own randomness.")
@click.option(
    "--stop-at",
    metavar="A",
    type=Number("number", 0, 1),
    help="Stop when the accuracy on the forget set is at most A (0 to 1). Default: depends on the kind of forget set; "
    "no target if the preset runs all passes.",
)
@click.option("--no-stop", is_flag=True, help="Run all passes, without target and collapse guard.")
@click.option("--json", "json_output", is_flag=True, help="Print JSON: shares from 0 to 1, entropies in nats.")
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
    json_output: bool,
    **settings: Any,
) -> None:
    """Unlearn the forget set and measure the original, the unlearned and the retrained model.

    The original and the retrained model are trained first if they are not stored. Without --stop-at and --no-stop,
    the preset decides whether the run stops at the target accuracy on the forget set.

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

    selected_method: Method = context.obj
    if stop_at is not None and no_stop:
        raise InputError("--stop-at and --no-stop exclude each other; give one of them.")
    selected_preset = selected_method.presets[0] if preset is None else selected_method.preset(preset)
    experiment = Experiment(dataset, model, seed, forget)
    given = {name: value for name, value in settings.items() if value is not None}
    configured = selected_method.configure(experiment.data.shape, selected_preset.name, given)
    rule = _rule(stop_at, experiment.forget_set, stops=selected_preset.stops and not no_stop)
    _warn_of_no_effect(configured, given)

    original, _ = trained(experiment, "original")
    networks = {"original": original}
    if can_be_retrained(model):
        networks["retrained"], _ = trained(experiment, "retrained")
    else:
        click.echo(f"Note: {NOT_RETRAINED.format(model=model)}", err=True)
    request = Request(experiment, selected_method, configured, rule, noise_seed)
    with progress_bar("unlearning, at most") as advance:
        outcome = run_method(request, watch=lambda step: advance(step.index / step.total))
    networks["unlearned"] = outcome.network
    measures = {which: evaluate(network, experiment.partition) for which, network in networks.items()}
    if json_output:
        click.echo(as_json(request, outcome, measures))
    else:
        click.echo(as_text(request, outcome, measures))


def _rule(stop_at: float | None, forget: ForgetSet, stops: bool) -> Rule:
    """Stopping rule of the run: --stop-at, else the default of the forget set, else none."""
    from explorer.unlearning import Rule, default_rule

    if stop_at is not None:
        return Rule(accuracy=stop_at)
    return default_rule(forget) if stops else Rule(target="none", guard=0.0)


def _warn_of_no_effect(settings: Settings, given: Mapping[str, Any]) -> None:
    """Print a note for each given option that has no effect with the other settings."""
    for name in given:
        if name not in settings.applying():
            needed = [
                " or ".join(as_typed(other, value) for value in values)
                for other, values in only_with(settings.declarations()[name], settings).items()
            ]
            condition = f"; it needs {', '.join(needed)}" if needed else ""
            click.echo(f"Note: {option_name(name)} has no effect with the other settings{condition}.", err=True)


def _of_another_method(error: click.NoSuchOption, method: Method | None) -> InputError | None:
    """Error for an option that is a setting of other methods only; None for an unknown option."""
    from explorer.unlearning import METHODS

    owners = [
        other.name for other in METHODS.values() if error.option_name in map(option_name, other.settings.declarations())
    ]
    if not owners or method is None:
        return None
    allowed = ", ".join(map(option_name, method.settings.declarations()))
    owner = ", ".join(owners)
    return InputError(f"{error.option_name} is a setting of {owner}; the settings of {method.name} are {allowed}.")
