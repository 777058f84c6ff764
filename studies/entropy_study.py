"""The paper's entropy study: 5,000 random samples of CIFAR-10 unlearned from a two-layer CNN.

    EXPLORER_DATA=... python -m studies.entropy_study

The paper reports the mean entropy of D_f for original, JiT and retrained. This study adds the entropies of D_r and of
the test set, and the accuracies, which show whether the model forgot D_f only or all samples alike. The last JiT row is
the same run with the default stopping rule, a forget accuracy of at most 80 % for random samples.
"""

from __future__ import annotations

import click
from scipy.stats import wilcoxon
from torch import nn

from explorer.evaluation import Measures, entropies, evaluate, logits
from explorer.experiments import Experiment, Request, unlearn
from explorer.unlearning import METHODS, Rule, default_rule

PUBLISHED = {"original": 0.0239, "JiT": 0.1967, "retrained": 0.2058}
HEADER = (
    "",
    "published H",
    "H of D_f",
    "H of D_r",
    "H of test",
    "forget accuracy",
    "retained accuracy",
    "retained test accuracy",
    "predicted members",
)


def row(name: str, published: float | None, measures: Measures) -> str:
    """Row of the table for one network."""
    nats = (published, measures.forget_entropy_mean, measures.retain_entropy_mean, measures.test_entropy_mean)
    shares = (
        measures.forget_train_accuracy, measures.retain_train_accuracy, measures.retain_test_accuracy,
        measures.membership_share,
    )  # fmt: skip
    cells = ["" if value is None else f"{value:.4f}" for value in nats]
    cells += ["" if value is None else f"{value:.3f}" for value in shares]
    return "| " + " | ".join([name, *cells]) + " |"


@click.command()
@click.option("--forget", default="random:5000@128", show_default=True)
@click.option("--model", default="convnet", show_default=True)
@click.option("--seed", default=0, show_default=True, help="training seed")
@click.option("--noise-seed", default=0, show_default=True)
def main(forget: str, model: str, seed: int, noise_seed: int) -> None:
    """Print the table and the paper's Wilcoxon test."""
    experiment = Experiment("cifar10", model, seed, forget)
    parts, method = experiment.partition, METHODS["jit"]
    settings = method.configure(experiment.data.shape, "entropy-study")
    networks: dict[str, nn.Module] = {"original": experiment.original, "retrained": experiment.retrained}
    print("| " + " | ".join(HEADER) + " |\n|:--|" + "--:|" * (len(HEADER) - 1))
    print(row("original", PUBLISHED["original"], evaluate(networks["original"], parts)), flush=True)
    ended = {}
    for name, rule in (("JiT", Rule(target="none", guard=0.0)), ("JiT, stopped", default_rule(experiment.forget_set))):
        outcome = unlearn(Request(experiment, method, settings, rule, noise_seed))
        networks[name] = outcome.network
        ended[name] = f"{outcome.steps} steps in {outcome.seconds:.0f} s, {outcome.stopped or 'ran through'}"
        print(row(name, PUBLISHED.get(name), evaluate(outcome.network, parts)), flush=True)
    print(row("retrained", PUBLISHED["retrained"], evaluate(networks["retrained"], parts)))
    own = {name: entropies(logits(network, parts.forget.x)) for name, network in networks.items()}
    for name, how in ended.items():
        p = wilcoxon(own[name], own["retrained"]).pvalue
        print(f"\n{name}: {how}; paired Wilcoxon against retrained, n = {len(own[name]):,}: p = {p:.3g}")


if __name__ == "__main__":
    main()
