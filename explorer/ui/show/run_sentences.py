"""Sentences about a run: the settings it was started with, and how it ended."""

from __future__ import annotations

from explorer.experiments import Request, nearest_preset
from explorer.ui.work.run import Run
from explorer.unlearning import Rule, default_rule
from explorer.words import counted


def describe_end(run: Run) -> str:
    """Sentences about how the run ended; empty if it has not ended."""
    outcome, rule = run.outcome, run.request.rule
    if outcome is None:
        return ""
    ended = f"after {counted(outcome.steps, 'step')} in {outcome.seconds:.1f} s of unlearning"
    if outcome.stopped == "target":
        return f"Target reached {ended}: accuracy on the forget set is {100 * rule.accuracy:g} % or less."
    if outcome.stopped == "guard":
        agreement = "" if outcome.agreement is None else f" ({100 * outcome.agreement:.0f} %)"
        return (
            f"Stopped by the collapse guard {ended}. The guard feeds noise to the model: fewer than "
            f"{100 * rule.guard:g} % of the noise inputs{agreement}, as a mean over the tracked classes, were still "
            "predicted as by the original. This can indicate that the model no longer distinguishes its inputs. The "
            "model is that of the last good step; rewind to an earlier step below."
        )
    if outcome.stopped == "nan":
        return f"Stopped at a non-finite value {ended}. The model is that of the last good step."
    if outcome.stopped == "user":
        return f"Stopped by the user {ended}; the model is that of the last complete step."
    if rule.target == "none":
        return f"Completed all passes {ended}, with no stopping rule."
    return f"Completed all passes {ended} without reaching its target."


def describe_request(request: Request) -> str:
    """Method and preset of a run, the settings that differ from the preset, its stopping rule and noise seed."""
    preset, differing = nearest_preset(request)
    differences = [f"{name.replace('_', ' ')} {_short(value)}" for name, value in differing.items()]
    preset_rule = default_rule(request.experiment.forget_set) if request.method.preset(preset).stops else None
    if request.rule.target == "none":
        if preset_rule is not None:
            differences.append("no stopping rule")
    elif request.rule != preset_rule:
        differences.append(f"stop at {_target(request.rule)}")
    if request.noise_seed:
        differences.append(f"noise seed {request.noise_seed}")
    return f"{request.method.title}, {preset}{' with ' if differences else ''}{', '.join(differences)}"


def _target(rule: Rule) -> str:
    return f"{100 * rule.accuracy:g} %" if rule.target == "accuracy" else f"{rule.entropy:g} nats"


def _short(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
