"""States on disk."""

from pathlib import Path

import pytest
import torch

from engine.training.state import load_state, save_state


def test_a_state_comes_back_and_nothing_else_is_left(tmp_path: Path):
    path = tmp_path / "deep" / "state.pt"
    assert load_state(path) is None
    save_state(path, {"step": 3, "weights": torch.arange(4)})
    save_state(path, {"step": 4, "weights": torch.arange(5)})
    state = load_state(path)
    assert state is not None
    assert state["step"] == 4
    assert torch.equal(state["weights"], torch.arange(5))
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_leaves_the_old_state(tmp_path: Path):
    path = tmp_path / "state.pt"
    save_state(path, {"step": 1})
    with pytest.raises(Exception, match="pickle"):
        save_state(path, {"step": lambda: 2})
    assert load_state(path) == {"step": 1}
