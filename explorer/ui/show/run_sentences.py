"""Sentences about a run: the settings it was started with, and how it ended."""

from __future__ import annotations

from explorer.experiments import Request, nearest_preset
from explorer.ui.work.run import Run
from explorer.unlearning import Rule, default_rule
from explorer.words import counted


def stop_sentence(run: Run) -> str:
    """How the run ended, and what that means."""
    outcome, rule = run.outcome, run.request.rule
    if outcome is None:
        return ""
    ended = f"after {counted(outcome.steps, 'step')} in {outcome.seconds:.1f} s of unlearning"
    if outcome.stopped == "target":
        return (
            f"Forgotten {ended}: the run stopped by itself at a forget accuracy of {100 * rule.accuracy:g} % or less."
        )
    if outcome.stopped == "guard":
        read = "" if outcome.agreement is None else f" ({100 * outcome.agreement:.0f} %)"
        return (
            f"Stopped before a collapse, {ended}: the guard shows the model noise, and fewer than "
            f"{100 * rule.guard:g} % of the noise inputs{read}, as a mean over the classes that stay, were still "
            "called what the original called them, a sign that the model no longer tells inputs apart. What stands "
            "here is its last good step; an earlier one can be taken below."
        )
    if outcome.stopped == "nan":
        return f"Stopped {ended}: a number was no longer finite. This is the last good step; try a smaller eta."
    if outcome.stopped == "user":
        return f"Stopped by hand {ended}; the model is that of the last whole step."
    if rule.target == "none":
        return f"Ran through {ended}, with no stopping rule."
    return f"Ran through {ended} without reaching its target; try a larger sigma, a larger eta or more passes."


def request_in_words(request: Request) -> str:
    """Method and preset, what differs from that preset, when it stops, and the seed of its noise."""
    preset, differing = nearest_preset(request)
    told = [f"{name.replace('_', ' ')} {_short(value)}" for name, value in differing.items()]
    usual = default_rule(request.experiment.forget_set) if request.method.preset(preset).stops else None
    if request.rule.target == "none":
        told += ["no stopping rule"] if usual is not None else []
    elif request.rule != usual:
        told.append(f"stop at {_stop(request.rule)}")
    if request.noise_seed:
        told.append(f"noise seed {request.noise_seed}")
    return f"{request.method.title}, {preset}{' with ' if told else ''}{', '.join(told)}"


def _stop(rule: Rule) -> str:
    return f"{100 * rule.accuracy:g} %" if rule.target == "accuracy" else f"{rule.entropy:g} nats"


def _short(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
