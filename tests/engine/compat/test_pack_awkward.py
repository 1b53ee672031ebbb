"""Five packs that do what they should not: what becomes of the others, of the cache and of our own nodes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
import torch

from tests.engine.compat.workshop import Workshop, node
from tests.small_models import write_small_checkpoint

Make = Callable[..., Workshop]


def test_who_writes_into_its_inputs_writes_into_copies(workshop: Make) -> None:
    shop = workshop("awkward_mutates")
    write_small_checkpoint(shop.base / "models" / "checkpoints" / "small.safetensors")
    graph: dict[str, Any] = {
        "1": node("CheckpointLoaderSimple", ckpt_name="small.safetensors"),
        "2": node("EmptyImage", width=8, height=8, batch_size=1, color=0xFFFFFF),
        "3": node("EmptyLatentImage", width=32, height=32, batch_size=1),
        "4": node("CLIPTextEncode", clip=["1", 1], text="a cat"),
        "5": node("Mutates", image=["2", 0], latent=["3", 0], positive=["4", 0]),
    }
    done = shop.run(graph, "2", "3", "4", "5")
    image, latent, positive = done.outputs["5"]
    assert (image.max(), latent["samples"].min(), positive) == (0, 5, [])
    assert done.outputs["2"][0].min() == 1
    assert set(done.outputs["3"][0]) == {"samples"}
    assert done.outputs["3"][0]["samples"].abs().max() == 0
    ((tokens, options),) = done.outputs["4"][0]
    assert tokens.abs().max() > 0
    assert "strength" not in options
    again = shop.run({**graph, "6": node("ImageInvert", image=["2", 0])}, "6")  # from the cache
    assert again.outputs["6"][0].max() == 0


def test_who_keeps_tensors_in_self_changes_nothing_that_was_given_away(workshop: Make) -> None:
    shop = workshop("awkward_keeps")
    graph = {"1": node("EmptyImage", width=4, height=4, batch_size=1, color=0x404040)}
    results: list[torch.Tensor] = []
    for number in range(3):
        results += shop.run({**graph, "2": node("Keeps", image=["1", 0], round=number)}, "2").outputs["2"]
    first = results[0].mean()
    for number, value in enumerate(results):
        torch.testing.assert_close(value.mean(), first * (number // 2 + 1))
    (cached, _) = shop.run({**graph, "2": node("Keeps", image=["1", 0], round=0)}, "2").outputs["2"]
    torch.testing.assert_close(cached.mean(), first)


def test_who_prints_without_end_is_run_all_the_same(workshop: Make, capfd: pytest.CaptureFixture[str]) -> None:
    shop = workshop("awkward_prints", "contract")
    assert shop.reports["awkward_prints"].error == ""
    assert shop.value("Prints", lines=20_000) == 20_000
    assert len(capfd.readouterr().out) > 2_000_000
    assert shop.value("Counts", text="x", n=1) == "x1"


def test_who_patches_our_modules_is_told_and_our_nodes_stay(workshop: Make, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        shop = workshop("awkward_patches")
    report = shop.reports["awkward_patches"]
    assert report.error == ""
    assert report.node_types == ("Looks", "PatchedIn")
    assert "in the place of node type 'StringConcatenate'" in str(report)
    assert shop.engine.object_info("PatchedIn")["display_name"] == "Patched in"
    assert shop.value("PatchedIn", text="x") == "patched x"
    assert shop.value("StringConcatenate", string_a="a", string_b="b", delimiter="-") == "a-b"
    assert shop.value("Looks", type="StringConcatenate") == "Impostor go ('STRING',) True"  # as other packs see it
    assert shop.value("Looks", type="Looks") == "Looks go ('STRING',) True"
    assert shop.value("Looks", type="VAEDecode") == "VAEDecode decode ('IMAGE',) True"
    said = " ".join(record.getMessage() for record in caplog.records)
    for name in ("sample into comfy.sample", "get_free_memory into comfy.model_management", "execution.PromptExecutor"):
        assert name in said


def test_who_needs_a_package_at_run_time_fails_alone(workshop: Make) -> None:
    shop = workshop("awkward_imports")
    error = shop.failure({"1": node("Needs", value=2)}, "1")
    assert "No module named 'package_that_nobody_has'" in str(error)
    assert error.node_type == "Needs"
    assert shop.value("Fine", value=2) == 2


def test_all_of_them_together(workshop: Make) -> None:
    names = ("mutates", "keeps", "prints", "patches", "imports")
    shop = workshop(*(f"awkward_{name}" for name in names), "loops", "contract", "newer", "progress")
    assert {name: report.error for name, report in shop.reports.items()} == dict.fromkeys(shop.reports, "")
    assert shop.value("Counts", text="x", n=1) == "x1"
