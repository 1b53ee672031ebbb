"""The whole way from nothing to a file, interrupted and not."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType]: its path is unannotated

from engine.models.checkpoint import open_checkpoint
from engine.models.clip import ClipTextEncoder
from engine.models.unet import UNet
from engine.models.vae import AutoencoderKL
from engine.training.evaluate import evaluate_postcards
from engine.training.painter import PaintSettings
from engine.training.settings import Progress, TrainingSettings
from engine.training.train import train_postcards
from tests.engine.training.tiny import TINY


class StoppedError(Exception):
    pass


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Progress]]:
    directory = tmp_path_factory.mktemp("training")
    seen: list[Progress] = []
    path = train_postcards(directory / "tiny.safetensors", directory / "work", settings=TINY, on_progress=seen.append)
    return path, seen


def test_every_step_of_every_stage_is_reported(finished: tuple[Path, list[Progress]]):
    _, seen = finished
    stages = list(dict.fromkeys(progress.stage for progress in seen))
    assert stages == ["autoencoder", "decoder", "encoding", "diffusion"]
    assert [progress.step for progress in seen if progress.stage == "diffusion"] == [1, 2, 3, 4]
    assert all(progress.step <= progress.steps for progress in seen)


@pytest.mark.parametrize(("stage", "step"), [("autoencoder", 2), ("diffusion", 2)])
def test_a_stopped_run_ends_with_the_same_file(
    finished: tuple[Path, list[Progress]], tmp_path: Path, stage: str, step: int
):
    def stop(progress: Progress) -> None:
        if (progress.stage, progress.step) == (stage, step):
            raise StoppedError

    output, work = tmp_path / "tiny.safetensors", tmp_path / "work"
    with pytest.raises(StoppedError):
        train_postcards(output, work, settings=TINY, on_progress=stop)
    assert not output.exists()
    train_postcards(output, work, settings=TINY, on_progress=lambda _: None)
    whole, resumed = load_file(finished[0]), load_file(output)
    assert whole.keys() == resumed.keys()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_the_file_has_the_published_layout_and_says_what_it_is(finished: tuple[Path, list[Progress]]):
    file = open_checkpoint(finished[0])
    with torch.device("meta"):
        parts = {
            "model.diffusion_model.": UNet(TINY.unet),
            "first_stage_model.": AutoencoderKL(TINY.vae),
            "cond_stage_model.transformer.": ClipTextEncoder(TINY.text),
        }
    expected = {
        prefix + key: tuple(value.shape) for prefix, part in parts.items() for key, value in part.state_dict().items()
    }
    assert {name: tensor.shape for name, tensor in file.tensors.items()} == expected
    assert {tensor.dtype for tensor in file.tensors.values()} == {torch.float16}
    assert (file.unet_config, file.vae_config, file.clip_config) == (TINY.unet, TINY.vae, TINY.text)
    assert file.parametrization == "eps"
    assert {"name", "version", "license", "made_by"} <= file.metadata.keys()
    assert len(json.loads(file.metadata["latent_rgb"])) == 5
    assert len(file.latent_format.rgb) == 4


def test_the_file_can_be_evaluated(finished: tuple[Path, list[Progress]]):
    seen: list[tuple[int, int]] = []
    reports = evaluate_postcards(
        finished[0],
        counts={"single": 2, "pair": 1},
        settings=PaintSettings(steps=2),
        on_progress=lambda done, total: seen.append((done, total)),
    )
    assert [(report.family, len(report.judged)) for report in reports] == [("single", 2), ("pair", 1)]
    assert all(0 <= report.share("all") <= report.both_colours <= 1 for report in reports)
    assert seen == [(2, 3), (3, 3)]
    again = evaluate_postcards(finished[0], counts={"single": 2}, settings=PaintSettings(steps=2))
    assert [(j.case, j.verdict) for j in again[0].judged] == [(j.case, j.verdict) for j in reports[0].judged]


def test_no_steps_onward_leave_all_networks_as_they_are(finished: tuple[Path, list[Progress]], tmp_path: Path):
    settings = replace(TrainingSettings(), seed=4, decoder_steps=0, diffusion_steps=0, drawings=4, workers=1)
    path = train_onward(finished[0], tmp_path, settings)
    before, after = load_file(finished[0]), load_file(path)
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_going_on_from_a_file_trains_all_but_the_encoder(finished: tuple[Path, list[Progress]], tmp_path: Path):
    settings = replace(TINY, seed=4, decoder_steps=1, diffusion_steps=2)
    path = train_onward(finished[0], tmp_path, settings)
    before, after = load_file(finished[0]), load_file(path)
    kept = ("first_stage_model.encoder.", "first_stage_model.quant_conv.", "first_stage_model.post_quant_conv.")
    for prefix in (*kept, "first_stage_model.decoder.", "model.diffusion_model.", "cond_stage_model."):
        names = [name for name in before if name.startswith(prefix)]
        assert names
        assert all(torch.equal(before[name], after[name]) for name in names) == (prefix in kept)
    assert "earlier version (2 diffusion steps)" in open_checkpoint(path).metadata["made_by"]
    resumed = train_onward(finished[0], tmp_path, settings)
    assert all(torch.equal(value, after[name]) for name, value in load_file(resumed).items())


def train_onward(origin: Path, directory: Path, settings: TrainingSettings) -> Path:
    return train_postcards(
        directory / "onward.safetensors",
        directory / "work",
        settings=settings,
        origin=origin,
        on_progress=lambda _: None,
    )


def test_without_resuming_a_run_begins_anew(finished: tuple[Path, list[Progress]]):
    output = finished[0]
    for resume, stages in ((True, 0), (False, 4)):
        seen: list[Progress] = []
        train_postcards(output, output.parent / "work", settings=TINY, resume=resume, on_progress=seen.append)
        assert len({progress.stage for progress in seen}) == stages
