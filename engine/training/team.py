"""Several processes train one network, each on its own share of every batch, and average their gradients.

On a few cores this is faster than one process with as many threads: threads meet after every operation, the processes
once a step. All members start from the same weights and take the same steps, so their weights never differ.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import BrokenBarrierError
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, multiprocessing, nn

from engine.errors import EngineError

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

_PATIENCE_S = 600.0


@dataclass(frozen=True, slots=True)
class Team:
    """One member's view of its team.

    Attributes:
        rank: Which member, from 0; the first one reports and saves.
        size: How many there are.
        gradients: Shared memory, `[size, n]`; None for a team of one.
        barrier: Where all members wait for each other; None for a team of one.
    """

    rank: int = 0
    size: int = 1
    gradients: Tensor | None = None
    barrier: Barrier | None = None

    @property
    def leads(self) -> bool:
        """Whether this member reports and saves."""
        return self.rank == 0

    def wait(self) -> None:
        """Wait until all members are here.

        Raises:
            EngineError: If one of them is gone.
        """
        if self.barrier is None:
            return
        try:
            self.barrier.wait(_PATIENCE_S)
        except BrokenBarrierError as error:
            raise EngineError("A training process stopped, so the others cannot go on.") from error

    def average_gradients(self, parameters: Sequence[Tensor]) -> None:
        """Replace the gradients of all parameters by their mean over the team."""
        if self.gradients is None:
            return
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        self.gradients[self.rank, : len(flat)] = flat
        self.wait()
        torch.mean(self.gradients[:, : len(flat)], dim=0, out=flat)
        self.wait()
        start = 0
        for gradient in gradients:
            gradient.copy_(flat[start : start + gradient.numel()].view_as(gradient))
            start += gradient.numel()


def descend(team: Team, optimizer: torch.optim.Optimizer, loss: Tensor, parameters: Sequence[nn.Parameter]) -> None:
    """One step of the team down its losses' mean, with gradients of a norm of at most 1."""
    optimizer.zero_grad()
    torch.autograd.backward(loss)
    team.average_gradients(parameters)
    nn.utils.clip_grad_norm_(parameters, 1.0)
    cast("Callable[[], None]", optimizer.step)()  # its annotations are partial


def work_as_team(work: Callable[..., None], size: int, parameter_count: int, *arguments: Any) -> None:
    """Call `work(team, *arguments)` in `size` processes, this one among them, each with its share of the threads.

    Args:
        work: A function of a module, so that other processes find it; what it makes, the first member writes to a file.
        size: Members of the team.
        parameter_count: Most numbers whose gradients are averaged.
        arguments: Passed on; they must be picklable if `size` is above 1. Only the first member, this process, gets
            the last one; the others get None.

    Raises:
        EngineError: If a member stopped before the end.
    """
    if size == 1:
        work(Team(), *arguments)
        return
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(size)
    gradients = cast(Tensor, torch.zeros(size, parameter_count).share_memory_())
    teams = [Team(rank, size, gradients, barrier) for rank in range(size)]
    threads = max(1, torch.get_num_threads() // size)
    others = [
        context.Process(target=_work_quietly, args=(work, team, threads, *arguments[:-1], None), daemon=True)
        for team in teams[1:]
    ]
    for other in others:
        other.start()
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        work(teams[0], *arguments)
    except BaseException:
        barrier.abort()
        raise
    finally:
        torch.set_num_threads(before)
        for other in others:
            other.join(timeout=10)


def _work_quietly(work: Callable[..., None], team: Team, threads: int, *arguments: Any) -> None:
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    torch.set_num_threads(threads)
    try:
        work(team, *arguments)
    except (EngineError, KeyboardInterrupt):
        return
    except BaseException:
        if team.barrier is not None:
            team.barrier.abort()
        raise


def _leave_with_parent() -> None:
    """End this process when the first member was killed, which leaves no chance to say goodbye."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
