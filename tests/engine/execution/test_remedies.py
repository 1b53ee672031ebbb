"""What helps where memory does not suffice: three things, which name what there is now."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch

from engine.commands.flags import ENGINE, SERVER
from engine.execution import remedies
from engine.execution.calls import Lists
from engine.execution.remedies import NUMBER, find_remedies
from engine.graph.workflow import Node
from engine.memory.pool import Pool
from engine.sampling.vae import FALLBACK_TILES
from engine.settings import Settings


class FakePool:
    """A pool on a device that this machine need not have."""

    def __init__(self, device: str = "cpu", dtype: torch.dtype = torch.bfloat16) -> None:
        self.device, self._dtype = torch.device(device), dtype

    def dtype_for(self, role: str) -> torch.dtype:
        del role
        return self._dtype


def remedies_for(node_type: str, lists: Lists, pool: FakePool | Pool) -> tuple[str, ...]:
    found = find_remedies(Node("1", node_type), lists, cast("Pool", pool))
    assert len(found) == NUMBER
    return found


def latent(count: int, height: int, width: int) -> dict[str, Any]:
    return {"samples": torch.zeros(count, 4, height // 8, width // 8)}


def test_decoding_a_batch_of_large_latents():
    batch, size, tiles = remedies_for("VAEDecode", {"samples": [latent(8, 1024, 2048)]}, FakePool("cuda:0"))
    assert "they are 8 now" in batch
    assert "2048 x 1024 now; 1024 x 512" in size
    assert "VAE Decode (Tiled)" in tiles
    assert f"down to {min(FALLBACK_TILES)}" in tiles


def test_a_tiled_node_is_told_its_own_tiles():
    _, tiles, _ = remedies_for(
        "VAEDecodeTiled", {"samples": [latent(1, 512, 512)], "tile_size": [512]}, FakePool("cuda:0")
    )
    assert "it is 512 now, and 256" in tiles
    found = remedies_for("VAEDecodeTiled", {"samples": [latent(1, 64, 64)], "tile_size": [64]}, FakePool("cuda:0"))
    assert not any("tile" in remedy for remedy in found)


@pytest.mark.parametrize(
    ("lists", "size"),
    [
        ({"width": [4096], "height": [2048], "batch_size": [1]}, "4096 x 2048"),
        ({"image": [torch.zeros(1, 100, 200, 3)], "scale_by": [4.0]}, "800 x 400"),
        ({"image": [torch.zeros(1, 100, 200, 3)], "scale_by": [0.5]}, "200 x 100"),
        ({"mask": [torch.zeros(1, 30, 40)], "other": [latent(1, 16, 16)]}, "40 x 30"),
    ],
)
def test_the_size_is_that_of_the_largest_picture(lists: Lists, size: str):
    assert f"they are {size} now" in remedies_for("Any", lists, FakePool())[0]


def test_without_a_size_the_advice_is_general():
    first, *_ = remedies_for("Any", {"text": ["x"], "width": [0], "height": [8], "b": []}, FakePool())
    assert first.startswith("Make pictures smaller, or fewer at once")


def test_an_accelerator_in_float32_can_have_its_networks_halved():
    found = remedies_for("KSampler", {}, FakePool("cuda:1", torch.float32))
    assert "--dtype float16" in found[1]
    assert "cuda:1" in found[2]
    assert not any("--dtype" in remedy for remedy in remedies_for("KSampler", {}, FakePool("cuda:1")))


@pytest.mark.parametrize(("limit", "said"), [(3 * 2**30, "3.0 GiB"), (None, "")])
def test_on_the_processor_the_limit_of_workers_is_named_if_there_is_one(
    limit: int | None, said: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(remedies, "_limit_bytes", lambda: limit)
    found = remedies_for("Any", {}, Pool(Settings(device="cpu")))
    assert ("--worker-memory-limit" in found[1]) == (limit is not None)
    assert said in found[1]


def test_every_flag_that_is_named_exists(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(remedies, "_limit_bytes", lambda: 2**30)
    flags = {flag.name for flag in (*ENGINE, *SERVER)}
    for pool in (FakePool(), FakePool("cuda:0", torch.float32), FakePool("cuda:0")):
        words = " ".join(remedies_for("Any", {}, pool)).replace(",", " ").replace(":", " ").split()
        assert {word for word in words if word.startswith("--")} <= flags


class Evil(dict[str, Any]):
    def get(self, *_: Any) -> Any:
        raise SystemExit


def test_objects_of_packs_are_not_looked_at():
    assert remedies_for("Any", {"a": [Evil()], "b": [object()]}, FakePool())
