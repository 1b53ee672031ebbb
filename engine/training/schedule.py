"""Learning rates and repeatable randomness that both stages of training share."""

import math

import numpy as np
import torch


def learning_rate(step: int, steps: int, highest: float, warmup_steps: int) -> float:
    """Linear rise over `warmup_steps`, then a cosine that reaches zero at `steps`."""
    warmup = min(warmup_steps, max(1, steps // 10))
    if step < warmup:
        return highest * (step + 1) / warmup
    return highest * 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Make the next step use this rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def seed_first_weights(seed: int) -> None:
    """Make the weights of networks that are built next repeatable: torch draws them from its global generator."""
    torch.set_rng_state(torch.Generator().manual_seed(seed).get_state())


def step_generators(seed: int, stage: int, step: int, rank: int) -> tuple[np.random.Generator, torch.Generator]:
    """Fresh generators for one step of a stage and one member of a team.

    A resumed run draws what an uninterrupted one would have drawn.
    """
    rng = np.random.default_rng((seed, stage, step, rank))
    return rng, torch.Generator().manual_seed(int(rng.integers(2**62)))
