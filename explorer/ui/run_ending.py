"""How a run ended, and what that means, in a sentence for the page."""

from __future__ import annotations

from explorer.ui.run import Run
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
