"""What the trained models answer to a large forget set and test set: there already, or asked for in the background."""

from __future__ import annotations

from explorer.experiments import Experiment, Job
from explorer.experiments.experiment import Trained
from explorer.experiments.measured import Asked, answered, stored_logits
from explorer.ui import work
from explorer.ui.models import MANY, network_of


def ready(experiment: Experiment) -> bool:
    """Whether the Unlearn page can be drawn at once; while the models are asked, that is shown."""
    trained: list[Trained] = [name for name in ("original", "retrained") if experiment.stored(name)]
    wanted: list[tuple[Trained, Asked]] = [(name, "forget") for name in trained if _slow(experiment, "forget")]
    if "retrained" not in trained and _slow(experiment, "test"):
        wanted.append(("original", "test"))
    missing = [(which, of) for which, of in wanted if not answered(experiment, which, of)]
    if not missing:
        return True

    def ask(job: Job) -> bool:
        for done, (which, of) in enumerate(missing):
            samples = "forget set" if of == "forget" else "test set"
            job.report(done / len(missing), f"Asking the {which} model what it makes of the {samples}")
            stored_logits(experiment, which, network_of(experiment, which), of, lambda _: job.report(job.progress))
        return True

    return bool(work.soon(f"answers {experiment} {missing}", "Asking the models", ask, together=True))


def _slow(experiment: Experiment, of: Asked) -> bool:
    return len(experiment.forget_set if of == "forget" else experiment.data.test) >= MANY
