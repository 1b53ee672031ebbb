"""The command line as its users meet it: what it prints, what it leaves, and its exit status."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from main import main

ROOT = Path(__file__).resolve().parent.parent
TEXT_TO_IMAGE = ROOT / "workflows" / "text_to_image.json"
QUICK = ["--set", "KSampler.steps=2", "--cpu"]


def test_help_needs_no_torch():
    code = (
        "import sys, runpy; sys.argv = ['main.py', '--help']\n"
        "try: runpy.run_path('main.py', run_name='__main__')\n"
        "except SystemExit as stop: assert not stop.code\n"
        "loaded = {'torch', 'transformers', 'numpy', 'PIL', 'networkx', 'aiohttp'} & set(sys.modules)\n"
        "assert not loaded, loaded"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for command in ("run", "check", "convert", "nodes", "models", "train"):
        assert command in done.stdout


def test_run_leaves_a_picture_that_carries_its_workflow(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["run", str(TEXT_TO_IMAGE), *QUICK, "--output-directory", str(tmp_path)]) == 0
    [printed] = capsys.readouterr().out.splitlines()
    assert Path(printed) == tmp_path / "text_to_image_00001_.png"
    with Image.open(printed) as picture:
        assert picture.size == (128, 128)
        assert json.loads(picture.info["workflow"]) == json.loads(TEXT_TO_IMAGE.read_text())
        assert json.loads(picture.info["prompt"])["5"]["inputs"]["steps"] == 2


def test_a_picture_runs_like_the_file_that_made_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    first, second = tmp_path / "first", tmp_path / "second"
    assert main(["run", str(TEXT_TO_IMAGE), *QUICK, "--output-directory", str(first)]) == 0
    made = first / "text_to_image_00001_.png"
    assert main(["run", str(made), *QUICK, "--output-directory", str(second)]) == 0
    with Image.open(made) as one, Image.open(second / made.name) as other:
        assert one.tobytes() == other.tobytes()


def test_set_by_title_and_by_id_are_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    pictures: list[bytes] = []
    for name, key in (("a", "What to draw"), ("b", "2")):
        arguments = ["--set", f"{key}.text=a green tree", "--output-directory", str(tmp_path / name)]
        assert main(["run", str(TEXT_TO_IMAGE), *QUICK, *arguments]) == 0
        with Image.open(tmp_path / name / "text_to_image_00001_.png") as picture:
            pictures.append(picture.tobytes())
    assert pictures[0] == pictures[1]


def test_batch_takes_the_next_seed_each_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["--batch", "2", "--seed", "7", "--json", "--output-directory", str(tmp_path)]
    assert main(["run", str(TEXT_TO_IMAGE), *QUICK, *arguments]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["status"] == "succeeded"
    assert [run["inputs"]["5.seed"] for run in report["runs"]] == [7, 8]
    assert {"1", "2", "3", "4"} <= set(report["runs"][1]["cached"])
    paths = [item["path"] for run in report["runs"] for item in run["outputs"]["7"]["images"]]
    assert len(set(paths)) == 2
    assert Image.open(paths[0]).tobytes() != Image.open(paths[1]).tobytes()


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "workflows").glob("*.json")))
def test_every_workflow_that_ships_is_valid(name: str, capsys: pytest.CaptureFixture[str]):
    assert main(["check", str(ROOT / "workflows" / name)]) == 0, capsys.readouterr().out


def test_convert_gives_what_run_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    converted = tmp_path / "api.json"
    assert main(["convert", str(TEXT_TO_IMAGE), "--output", str(converted)]) == 0
    api = json.loads(converted.read_text())
    assert api["5"]["class_type"] == "KSampler"
    assert api["5"]["inputs"]["model"] == ["1", 0]
    assert main(["check", str(converted)]) == 0
    assert main(["convert", str(converted)]) == 0
    assert json.loads(capsys.readouterr().out.partition("{")[2].join(["{", ""])) == api


def test_nodes_lists_and_describes(capsys: pytest.CaptureFixture[str]):
    assert main(["nodes"]) == 0
    assert "KSampler" in capsys.readouterr().out
    assert main(["nodes", "KSampler"]) == 0
    assert "sampler_name" in capsys.readouterr().out
    assert main(["nodes", "KSampler", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["KSampler"]["output"] == ["LATENT"]
    assert main(["nodes", "KSamler"]) == 2
    assert "KSampler" in capsys.readouterr().err


def test_models_lists_the_one_that_ships(capsys: pytest.CaptureFixture[str]):
    assert main(["models"]) == 0
    assert "postcards.safetensors" in capsys.readouterr().out


def test_interrupt_stops_between_steps_and_leaves_nothing(tmp_path: Path):
    command = [sys.executable, "main.py", "run", str(TEXT_TO_IMAGE), "--set", "KSampler.steps=9000"]
    with subprocess.Popen(
        [*command, "--json", "--output-directory", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        time.sleep(8)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert json.loads(output)["status"] == "interrupted"
    assert "Traceback" not in errors
    assert not list(tmp_path.rglob("*"))
