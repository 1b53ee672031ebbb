"""Several processes average their gradients, and one that stops does not leave the others waiting."""

from pathlib import Path

import pytest
import torch

from engine.errors import EngineError
from engine.training.team import Team, work_as_team


def average_and_write(team: Team, directory: Path, leads_only: str | None) -> None:
    first, second, unused = (torch.zeros(size, requires_grad=True) for size in ((2, 3), (4,), (5,)))
    first.grad = torch.full((2, 3), float(team.rank))
    second.grad = torch.arange(4.0) * (team.rank + 1)
    team.average_gradients([first, unused, second])
    torch.save((first.grad, second.grad, leads_only), directory / f"{team.rank}.pt")


def stop_if_second(team: Team, _last: None) -> None:
    if team.rank == 1:
        raise EngineError("gone")
    with pytest.raises(EngineError, match="cannot go on"):
        team.wait()
    raise EngineError("left alone")


def test_a_team_of_one_changes_nothing():
    parameter = torch.zeros(2, requires_grad=True)
    parameter.grad = torch.tensor([1.0, 2.0])
    team = Team()
    team.wait()
    team.average_gradients([parameter])
    assert torch.equal(parameter.grad, torch.tensor([1.0, 2.0]))
    assert team.leads


def test_two_processes_get_the_mean(tmp_path: Path):
    before = torch.get_num_threads()
    work_as_team(average_and_write, 2, 20, tmp_path, "mine")
    assert torch.get_num_threads() == before
    for rank, last in enumerate(("mine", None)):
        first, second, given = torch.load(tmp_path / f"{rank}.pt")
        assert (first == 0.5).all()
        assert torch.equal(second, torch.tensor([0, 1.5, 3, 4.5]))
        assert given == last
