"""Records of runs: what they say, and what has changed since."""

from __future__ import annotations

import hashlib
import os
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.graph.node import node
from engine.graph.registry import Registry
from engine.graph.workflow import Workflow
from engine.provenance import VERSION, FileHashes, RunRecord, list_changes, make_record, open_hashes, package_versions
from engine.revisions import commit_of
from engine.runtime import Engine
from engine.settings import Settings
from nodes.image import load_image
from nodes.loaders import vae_loader
from nodes.sampling import k_sampler


@node("Number", category="test")
def number(*, value: int = 0) -> int:
    """A number."""
    return value


REGISTRY = Registry([load_image, vae_loader, k_sampler, number])


def record_of(settings: Settings, prompt: dict[str, Any], targets: list[str] | None = None) -> RunRecord:
    workflow = Workflow.from_api(prompt)
    return make_record(workflow, targets, REGISTRY, settings, open_hashes(settings), device="cpu", dtype="float32")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for name, content in {"models/vae/a.safetensors": b"aa", "input/cat.png": b"bbb", "output/dog.png": b"c"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return Settings(base_directory=tmp_path)


PROMPT = {
    "1": {"class_type": "VAELoader", "inputs": {"vae_name": "a.safetensors"}},
    "2": {"class_type": "LoadImage", "inputs": {"image": "cat.png"}},
    "3": {"class_type": "LoadImage", "inputs": {"image": "dog.png [output]"}},
    "4": {"class_type": "VAELoader", "inputs": {"vae_name": "gone.safetensors"}},
    "5": {"class_type": "Number", "inputs": {"value": 2**63}},
    "6": {"class_type": "KSampler", "inputs": {"seed": 7, "steps": 3}},
    "7": {"class_type": "KSampler", "inputs": {"seed": ["5", 0], "positive": ["2", 0]}},
    "8": {"class_type": "Unknown", "inputs": {"seed": 9}},
}


def test_files_and_seeds_of_what_the_targets_need(settings: Settings):
    record = record_of(settings, PROMPT)
    assert [(file.folder, file.name, file.size_bytes) for file in record.models] == [
        ("vae", "a.safetensors", 2),
        ("input", "cat.png", 3),
        ("input", "dog.png [output]", 1),
    ]
    assert record.models[0].sha256 == hashlib.sha256(b"aa").hexdigest()
    assert record.seeds == {"6.seed": 7, "7.seed": 2**63}
    assert (record.device, record.dtype) == ("cpu", "float32")
    partly = record_of(settings, PROMPT, ["7"])
    assert [file.name for file in partly.models] == ["cat.png"]
    assert partly.seeds == {"7.seed": 2**63}
    assert record_of(settings, PROMPT, []).seeds == {}


def test_a_record_survives_json(settings: Settings):
    record = record_of(settings, PROMPT)
    assert msgspec.json.decode(msgspec.json.encode(record), type=RunRecord) == record


def test_a_record_of_an_older_server_is_read():
    old = b'{"versions":{"skein":"0.0.1"},"platform":"p","device":"cpu","dtype":"float32"}'
    then = msgspec.json.decode(old, type=RunRecord)
    assert (then.commit, then.packs) == ("", None)
    now = msgspec.structs.replace(then, commit="a" * 40, packs={"some": "code:1"})
    assert list_changes(then, now) == []  # it did not say


def test_the_packs_whose_nodes_are_used_are_noted_with_their_state(tmp_path: Path):
    for name in ("used", "idle"):
        pack = tmp_path / "custom_nodes" / name
        pack.mkdir(parents=True)
        (pack / "__init__.py").write_text(
            f"from engine import node\n\n@node('{name.title()}', category='test', is_output=True)\n"
            f"def {name}(*, value: int = 0) -> int:\n    return value\n"
        )
    (tmp_path / "custom_nodes/used/pyproject.toml").write_text('[project]\nversion = "2.0.1"\n')
    engine = Engine(Settings(base_directory=tmp_path, device="cpu"), registry=Registry())
    engine.load_packs()
    record = engine.make_record(Workflow.from_api({"1": {"class_type": "Used", "inputs": {}}}))
    assert record.packs is not None
    assert list(record.packs) == ["used"]
    assert record.packs["used"].startswith("2.0.1 code:")


def test_a_commit_is_noted_where_it_runs_from_a_checkout(settings: Settings):
    commit = record_of(settings, PROMPT).commit
    assert commit == commit_of(Path(__file__).resolve().parents[2])


def test_versions():
    versions = package_versions()
    assert set(versions) == {"skein", "python", "torch", "transformers", "numpy", "pillow"}
    project = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text())
    assert versions["skein"] == VERSION == project["project"]["version"]


def test_a_hash_is_computed_once_for_each_state_of_a_file(tmp_path: Path):
    path, store = tmp_path / "file", tmp_path / "store" / "hashes.json"
    path.write_bytes(b"one")
    hashes = FileHashes(store)
    assert hashes.sha256(path) == (hashlib.sha256(b"one").hexdigest(), 3)
    status = path.stat()
    path.write_bytes(b"two")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    for known in (hashes, FileHashes(store)):  # of the same size and time: nobody looked
        assert known.sha256(path)[0] == hashlib.sha256(b"one").hexdigest()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    for known in (FileHashes(store), hashes):
        assert known.sha256(path)[0] == hashlib.sha256(b"two").hexdigest()


@pytest.mark.parametrize(
    "damage", [b"", b"[]", b'{"x": 1, "y": [1], "z": ["a", "b", "c"]}', b"\xff\xfe", b"[" * 100_000]
)
def test_damaged_hashes_are_computed_again(damage: bytes, tmp_path: Path):
    path, store = tmp_path / "file", tmp_path / "hashes.json"
    path.write_bytes(b"one")
    store.write_bytes(damage)
    assert FileHashes(store).sha256(path)[0] == hashlib.sha256(b"one").hexdigest()


def test_hashes_that_cannot_be_kept_are_computed_all_the_same(tmp_path: Path):
    (tmp_path / "blocked").write_text("a file")
    path = tmp_path / "file"
    path.write_bytes(b"one")
    hashes = FileHashes(tmp_path / "blocked" / "below" / "hashes.json")
    assert hashes.sha256(path)[0] == hashlib.sha256(b"one").hexdigest()


def test_what_has_changed_is_named_and_nothing_else(settings: Settings):
    then = record_of(settings, PROMPT)
    assert list_changes(then, then) == []
    (settings.directory("models") / "vae/a.safetensors").write_bytes(b"other")
    (settings.directory("input") / "cat.png").unlink()
    now = msgspec.structs.replace(
        record_of(settings, PROMPT),
        versions={**{name: version for name, version in then.versions.items() if name != "numpy"}, "torch": "9"},
        dtype="float16",
        seeds={},
    )
    known = msgspec.structs.replace(then, commit="a" * 40, packs={"one": "1.0 code:1", "gone": "code:2"})
    other = msgspec.structs.replace(then, commit="", packs={"one": "1.0 code:3", "new": "code:4"})
    assert list_changes(known, other) == [
        "the code of Skein was commit aaaaaaaaaaaa, is no checkout",
        "the pack one was 1.0 code:1, is 1.0 code:3",
        "the pack gone was code:2, is not there",
        "the pack new was not there, is code:4",
    ]
    changes = list_changes(then, now)
    assert [change.split(" ")[0] for change in changes] == [
        *("torch", "numpy", "dtype", "vae/a.safetensors", "input/cat.png")
    ]
    assert f"torch was {then.versions['torch']}, is 9" in changes
    assert "input/cat.png is not there" in changes
