"""What a run was asked for, in words: method and preset, and what differs from that preset."""

from __future__ import annotations

from explorer.experiments import Request, nearest_preset
from explorer.unlearning import Rule, default_rule


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
