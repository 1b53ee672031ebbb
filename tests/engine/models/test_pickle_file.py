from __future__ import annotations

import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.errors import CheckpointError
from engine.models.pickle_file import PickleFile, looks_like_pickle
from tests.engine.models.networks import write_checkpoint


class Payload:
    """Makes a directory when it is unpickled by a careless reader."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, (str(self.target),)


def refusal(path: Path) -> str:
    assert looks_like_pickle(path)
    with pytest.raises(CheckpointError) as caught:
        PickleFile(path)
    return str(caught.value)


@pytest.mark.parametrize("wrap", [lambda state: state, lambda state: {"state_dict": state, "epoch": 3}])
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
def test_plain_tensors_are_read(tmp_path: Path, wrap: Callable[[Any], Any], dtype: torch.dtype) -> None:
    state = {"a": torch.randn(3, 4), "b": torch.randn(4, 5).T}
    torch.save(wrap({**state, "note": "text", 7: torch.zeros(1)}), tmp_path / "file.ckpt")
    assert looks_like_pickle(tmp_path / "file.ckpt")
    file = PickleFile(tmp_path / "file.ckpt")
    assert {name: info.shape for name, info in file.tensors.items()} == {"a": (3, 4), "b": (5, 4)}
    read = file.read(state, dtype)
    assert all(torch.equal(read[name], state[name].to(dtype)) and read[name].is_contiguous() for name in state)


@pytest.mark.parametrize("old", [False, True])
def test_programs_are_not_run(tmp_path: Path, old: bool) -> None:
    target = tmp_path / "made by the payload"
    content = {"state_dict": {"a": torch.zeros(2)}, "callbacks": Payload(target)}
    torch.save(content, tmp_path / "file.ckpt", _use_new_zipfile_serialization=not old)
    assert "not read" in (message := refusal(tmp_path / "file.ckpt")) or "not run" in message
    (tmp_path / "bare.pt").write_bytes(pickle.dumps(Payload(target)))
    refusal(tmp_path / "bare.pt")
    assert not target.exists()


def test_tensors_that_pose_as_larger_ones_are_left_out(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(1).expand(10**12)}, tmp_path / "file.pt")
    assert PickleFile(tmp_path / "file.pt").tensors == {}


def test_whole_numbers_are_no_weights(tmp_path: Path) -> None:
    torch.save({"a": torch.arange(3)}, tmp_path / "file.pt")
    with pytest.raises(CheckpointError, match=r"'a' holds torch\.int64"):
        PickleFile(tmp_path / "file.pt").read(["a"], torch.float32)


@pytest.mark.parametrize("content", [[torch.zeros(1)], torch.zeros(1), {"state_dict": [1]}])
def test_what_is_no_table_is_refused(tmp_path: Path, content: Any) -> None:
    torch.save(content, tmp_path / "file.pt")
    assert "table of tensors" in refusal(tmp_path / "file.pt")


def test_damaged_archives_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.pt"
    torch.save({"a": torch.randn(500)}, path)
    whole = path.read_bytes()
    for length in (4, 9, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert "is damaged" in refusal(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "not a model")
    assert "is damaged" in refusal(path)


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    for size in range(40):
        path = write_checkpoint(tmp_path / "file.ckpt", {"a" * (size + 1): torch.zeros(1)})
        assert not looks_like_pickle(path)
    with pytest.raises(CheckpointError, match="cannot be read"):
        looks_like_pickle(tmp_path / "nothing")
