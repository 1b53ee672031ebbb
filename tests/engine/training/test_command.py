"""`train postcards`: which settings its options make."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.commands.train import add_arguments, execute
from engine.settings import Settings
from engine.training import train
from engine.training.settings import TrainingSettings


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(["postcards", *words])


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []

    def pretend(output: Path, work_directory: Path, **given: Any) -> Path:
        calls.append({"output": output, "work_directory": work_directory, **given})
        return output

    monkeypatch.setattr(train, "train_postcards", pretend)
    return calls


def test_without_options_the_shipped_settings(calls: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]):
    execute(parse(), Settings())
    (call,) = calls
    assert (call["settings"], call["origin"], call["resume"]) == (TrainingSettings(), None, True)
    assert capsys.readouterr().out.strip() == str(call["output"])


def test_options_to_go_on_from_a_file(calls: list[dict[str, Any]]):
    execute(parse(), Settings())
    numbers = "--decoder-steps 0 --drawings 9 --small-share 0.3 --diffusion-steps 7 --diffusion-rate 2e-4 --seed 5"
    execute(parse("--from", "a.safetensors", "--restart", *numbers.split()), Settings())
    anew, onward = calls
    expected = replace(
        TrainingSettings(),
        decoder_steps=0,
        drawings=9,
        small_share=0.3,
        diffusion_steps=7,
        diffusion_rate=2e-4,
        seed=5,
    )
    assert (onward["settings"], onward["origin"], onward["resume"]) == (expected, Path("a.safetensors"), False)
    assert onward["work_directory"] != anew["work_directory"]


@pytest.mark.parametrize(
    "words", [("--decoder-steps", "-1"), ("--diffusion-rate", "nan"), ("--seed", "x"), ("--small-share", "2")]
)
def test_numbers_that_mean_nothing_are_refused(words: tuple[str, str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        parse(*words)
    assert words[0] in capsys.readouterr().err
