"""Output of the verb `unlearn`: a JSON object or a text table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from explorer.command_line.declared import as_typed
from explorer.words import counted

if TYPE_CHECKING:
    from explorer.evaluation import Measures
    from explorer.experiments import Outcome, Request

NETWORKS = ("original", "unlearned", "retrained")
ENDINGS = {
    None: "completed all passes",
    "target": "target reached",
    "guard": "stopped by the collapse guard: the model is that of the last good step",
    "nan": "stopped at a non-finite value: the model is that of the last good step",
    "user": "stopped by the user",
}


def as_json(request: Request, outcome: Outcome, measures: Mapping[str, Measures]) -> str:
    """The run and the measures of `NETWORKS` as JSON.

    Args:
        request: the request.
        outcome: outcome of the run.
        measures: measures by network. A missing network, or a measure without samples, becomes null.
    """
    experiment = request.experiment
    content: dict[str, Any] = {
        "experiment": {
            "dataset": experiment.dataset,
            "model": experiment.model,
            "seed": experiment.seed,
            "forget": experiment.forget,
            "forget_size": len(experiment.forget_set),
        },
        "method": request.method.name,
        "settings": request.settings.model_dump(),
        "steps": outcome.steps,
        "seconds": outcome.seconds,
        "stopped": outcome.stopped,
        **{which: measures[which].as_dict() if which in measures else None for which in NETWORKS},
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)


def as_text(request: Request, outcome: Outcome, measures: Mapping[str, Measures]) -> str:
    """The run and a table of measures as text; the arguments are those of `as_json`.

    Shares are in percent with one decimal, entropies in nats with two.
    """
    experiment, applying = request.experiment, request.settings.applying()
    settings = " ".join(as_typed(name, value) for name, value in request.settings if name in applying)
    lines = [
        f"{experiment.dataset}, {experiment.model}, seed {experiment.seed}: forget {experiment.forget}, "
        f"{len(experiment.forget_set)} of {len(experiment.data.train)} training samples",
        f"{request.method.title}, noise seed {request.noise_seed}: {settings}",
        f"{counted(outcome.steps, 'step')} in {outcome.seconds:.1f} s; {ENDINGS[outcome.stopped]}",
        "",
    ]
    rows = [
        (f"{measure.label} ({'%' if measure.unit == 'share' else measure.unit})", measure)
        for measure in measures["original"].descriptions()
    ]
    width = max(len(label) for label, _ in rows)
    lines.append(" " * width + "".join(f"{network:>12}" for network in NETWORKS))
    numbers = {network: measured.as_dict() for network, measured in measures.items()}
    for label, measure in rows:
        values = (numbers.get(network, {}).get(measure.name) for network in NETWORKS)
        lines.append(f"{label:<{width}}" + "".join(f"{_value(value, measure.unit):>12}" for value in values))
    return "\n".join(lines)


def _value(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    return f"{100 * value:.1f}" if unit == "share" else f"{value:.2f}"
