from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.errors import CheckpointError
from engine.settings import Settings
from engine.text.embeddings import find_embedding
from tests.engine.models.networks import write_checkpoint

VECTORS = torch.arange(8.0).reshape(2, 4)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "models" / "embeddings" / "style"
    folder.mkdir(parents=True)
    return Settings(base_directory=tmp_path)


def write(settings: Settings, name: str, tensors: dict[str, Tensor]) -> None:
    path = settings.directory("models") / "embeddings" / name
    if name.endswith(".safetensors"):
        write_checkpoint(path, tensors)
    else:
        torch.save(tensors, path)


@pytest.mark.parametrize("file", ["a.safetensors", "a.pt", "a.bin", "style/a.safetensors"])
def test_names_may_leave_out_the_ending(settings: Settings, file: str) -> None:
    write(settings, file, {"emb_params": VECTORS.half()})
    for name in (file, file.rpartition(".")[0]):
        found = find_embedding(settings, name)
        assert found is not None
        assert torch.equal(found, VECTORS)


@pytest.mark.parametrize(
    "tensors",
    [
        {"emb_params": VECTORS, "other": VECTORS + 1},
        {"clip_l": VECTORS, "clip_g": VECTORS + 1},
        {"<word>": VECTORS},
        {"<word>": VECTORS, "step": torch.tensor(3)},
    ],
)
def test_the_vectors_by_any_of_their_names(settings: Settings, tensors: dict[str, Tensor]) -> None:
    write(settings, "a.safetensors", tensors)
    found = find_embedding(settings, "a")
    assert found is not None
    assert torch.equal(found, VECTORS)


def test_one_vector_is_a_table_of_one(settings: Settings) -> None:
    write(settings, "a.safetensors", {"x": VECTORS[0]})
    found = find_embedding(settings, "a")
    assert found is not None
    assert found.shape == (1, 4)


@pytest.mark.parametrize("tensors", [{"a": VECTORS, "b": VECTORS + 1}, {"a": torch.zeros(1, 2, 3)}])
def test_a_file_of_something_else_is_refused(settings: Settings, tensors: dict[str, Tensor]) -> None:
    write(settings, "a.safetensors", tensors)
    with pytest.raises(CheckpointError, match="is no embedding"):
        find_embedding(settings, "a")


@pytest.mark.parametrize("name", ["nothing", "../secret", "/etc/passwd", "a\0b", "..", "style", "x" * 5000])
def test_names_that_are_not_there_or_lead_outside(settings: Settings, name: str) -> None:
    write(settings, "../secret.safetensors", {"a": VECTORS})
    assert find_embedding(settings, name) is None
