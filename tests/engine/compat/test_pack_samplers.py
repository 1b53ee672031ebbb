"""Samplers and schedulers of packs: choices of our own nodes, run by our own loop (3.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from engine.errors import Interrupted, NodeError
from engine.execution.events import Preview, Progress
from engine.sampling.samplers import SAMPLERS
from engine.sampling.schedules import SCHEDULERS
from tests.engine.compat.workshop import Workshop, node
from tests.small_models import write_small_checkpoint

Make = Callable[..., Workshop]


@pytest.fixture
def shop(workshop: Make) -> Workshop:
    made = workshop("samplers", "models")
    write_small_checkpoint(made.base / "models" / "checkpoints" / "small.safetensors")
    return made


def _graph(sampler: str, scheduler: str = "normal", **others: Any) -> dict[str, Any]:
    return {
        "1": node("CheckpointLoaderSimple", ckpt_name="small.safetensors"),
        "2": node("CLIPTextEncode", clip=["1", 1], text="a cat"),
        "3": node("EmptyLatentImage", width=64, height=64, batch_size=2),
        "4": node(
            "KSampler",
            model=["1", 0],
            seed=5,
            steps=4,
            cfg=3.0,
            sampler_name=sampler,
            scheduler=scheduler,
            positive=["2", 0],
            negative=["2", 0],
            latent_image=["3", 0],
            denoise=1.0,
            **others,
        ),
    }


def _samples(shop: Workshop, graph: dict[str, Any], target: str = "4", output: int = 0) -> torch.Tensor:
    return shop.run(graph, target).outputs[target][output]["samples"]


def test_what_packs_add_are_choices_of_our_nodes(shop: Workshop) -> None:
    for type_name in ("KSampler", "KSamplerAdvanced", "KSamplerSelect"):
        shown = shop.engine.object_info(type_name)["input"]["required"]["sampler_name"][0]
        assert shown[: len(SAMPLERS)] == list(SAMPLERS)
        assert shown[len(SAMPLERS) :] == ["own_euler", "deaf"]
    shown = shop.engine.object_info("BasicScheduler")["input"]["required"]["scheduler"][0]
    assert shown == [*SCHEDULERS, "own_simple", "by_numbers"]
    theirs = shop.engine.object_info("Chooses")["input"]["required"]
    assert "own_euler" in theirs["name"][0]
    assert "by_numbers" in theirs["s"][0]


def test_an_own_euler_equals_ours_with_progress_and_previews(shop: Workshop) -> None:
    ours = _samples(shop, _graph("euler"))
    own = _samples(shop, _graph("own_euler"))
    assert [(event.node_id, event.value, event.total) for event in shop.told(Progress)] == [
        ("4", value, 4) for value in (1, 2, 3, 4)
    ]
    assert len(shop.told(Preview)) == 4
    torch.testing.assert_close(own, ours, rtol=1e-4, atol=1e-4)


def test_schedulers(shop: Workshop) -> None:
    for own, ours in (("own_simple", "simple"), ("by_numbers", "karras")):
        torch.testing.assert_close(
            _samples(shop, _graph("euler", own)), _samples(shop, _graph("euler", ours)), rtol=1e-3, atol=1e-3
        )


def test_inpainting_and_sockets(shop: Workshop) -> None:
    graph = _graph("euler")
    graph |= {
        "5": node("Chooses", name="own_euler", s="normal"),
        "6": node("BasicScheduler", model=["1", 0], scheduler="own_simple", steps=4, denoise=1.0),
        "7": node("SolidMask", value=1.0, width=64, height=64),
        "8": node("SetLatentNoiseMask", samples=["3", 0], mask=["7", 0]),
    }

    def custom(sampler: Any) -> torch.Tensor:
        made = {
            "model": ["1", 0],
            "add_noise": True,
            "noise_seed": 5,
            "cfg": 3.0,
            "positive": ["2", 0],
            "negative": ["2", 0],
            "sampler": sampler,
            "sigmas": ["6", 0],
            "latent_image": ["8", 0],
        }
        return _samples(
            shop, {**graph, "9": node("SamplerCustom", **made), "10": node("KSamplerSelect", sampler_name="euler")}, "9"
        )

    torch.testing.assert_close(custom(["5", 0]), custom(["10", 0]), rtol=1e-4, atol=1e-4)


def test_an_interrupt_ends_also_a_sampler_that_swallows_it(shop: Workshop) -> None:
    import threading

    for sampler in ("own_euler", "deaf"):
        interrupted = threading.Event()
        seen: list[int] = []

        def watch(event: Any, seen: list[int] = seen, interrupted: threading.Event = interrupted) -> None:
            if isinstance(event, Progress):
                seen.append(event.value)
                interrupted.set()

        with pytest.raises(Interrupted):
            shop.run(_graph(sampler), "4", on_event=watch, interrupted=interrupted)
        assert seen == [1]


def test_a_name_without_a_function_is_no_sampler(shop: Workshop) -> None:
    from engine.compat.pack_sampling import KSampler

    KSampler.SAMPLERS.append("nobody")
    with pytest.raises(NodeError, match="nobody"):
        shop.run(_graph("nobody"), "4")


def test_engines_without_packs_know_nothing_of_it(shop: Workshop) -> None:
    from engine import Engine, Settings

    other = Engine(Settings(base_directory=shop.base, device="cpu"))
    assert "own_euler" not in other.object_info("KSampler")["input"]["required"]["sampler_name"][0]


@pytest.mark.parametrize("sampler", ["euler", "own_euler", "dpmpp_2m", "uni_pc"])
def test_the_ways_in_which_packs_sample_agree(shop: Workshop, sampler: str) -> None:
    graph = _graph(sampler)
    graph["5"] = node(
        "Samples",
        model=["1", 0],
        positive=["2", 0],
        negative=["2", 0],
        latent=["3", 0],
        seed=5,
        sampler=sampler,
        scheduler="karras",
    )
    one, two, three, four = (value["samples"] for value in shop.run(graph, "5").outputs["5"])
    for other in (two, three):
        torch.testing.assert_close(other, one)
    if sampler != "uni_pc":  # KSampler leaves one level out for it, levels of one's own don't
        torch.testing.assert_close(four, one)


@pytest.mark.parametrize("name", ["euler", "heun", "dpmpp_2m", "lms", "euler_ancestral", "dpmpp_sde"])
def test_our_samplers_are_lent_as_functions(shop: Workshop, name: str) -> None:
    import importlib

    function = getattr(importlib.import_module("comfy.k_diffusion.sampling"), f"sample_{name}")
    x, sigmas = torch.randn(1, 4, 2, 2) * 10, torch.tensor([10.0, 5.0, 2.0, 1.0, 0.0])
    seen: list[int] = []

    def model(x: torch.Tensor, sigma: torch.Tensor, **_: Any) -> torch.Tensor:
        return x / (1 + sigma.reshape(-1, 1, 1, 1) ** 2)

    result = function(model, x, sigmas, extra_args={"seed": 3}, callback=lambda told: seen.append(told["i"]))
    assert result.shape == x.shape
    assert result.abs().max() < x.abs().max()
    assert seen == [0, 1, 2, 3]
    assert torch.equal(result, function(model, x, sigmas, extra_args={"seed": 3}))


def test_guiders_and_noise_cross_between_packs_and_our_nodes(workshop: Make) -> None:
    shop = workshop("samplers", "data_types")
    write_small_checkpoint(shop.base / "models" / "checkpoints" / "small.safetensors")
    graph = _graph("euler")
    graph |= {
        "5": node("Makes", type="x"),
        "6": node("BasicGuider", model=["1", 0], conditioning=["2", 0]),
        "7": node("Chooses", name="own_euler", s="normal"),
        "8": node("BasicScheduler", model=["1", 0], scheduler="normal", steps=2, denoise=1.0),
        "9": node(
            "SamplerCustomAdvanced",
            noise=["5", 4],
            guider=["6", 0],
            sampler=["7", 0],
            sigmas=["8", 0],
            latent_image=["3", 0],
        ),
    }
    samples = _samples(shop, graph, "9")
    assert samples.shape == (2, 4, 8, 8)
    assert torch.equal(samples[0], samples[1])  # its noise is all ones
