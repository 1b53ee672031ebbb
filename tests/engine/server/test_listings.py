"""Lists of files follow the disk, and cost little when nothing changed."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from engine.files import list_choices
from engine.server import listings as module
from engine.server.listings import Listings
from engine.settings import Settings
from tests.engine.server.fakes import FakeServer

LONG_AGO = 1_000_000_000


@pytest.fixture
def world(tmp_path: Path) -> Settings:
    (tmp_path / "models/loras/sub").mkdir(parents=True)
    (tmp_path / "input").mkdir()
    (tmp_path / "more").mkdir()
    return Settings(base_directory=tmp_path, extra_model_directories={"loras": (tmp_path / "more",)})


def put(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")


def settle(base: Path) -> None:
    """As if nothing had changed for years."""
    for folder, _, _ in os.walk(base):
        os.utime(folder, (LONG_AGO, LONG_AGO))


def test_the_lists_are_those_of_the_engine(world: Settings) -> None:
    base = world.base_directory
    for name in (
        "models/loras/a.safetensors",
        "models/loras/sub/b.pt",
        "more/c.ckpt",
        "more/a.safetensors",
        "input/x.png",
    ):
        put(base / name)
    lists = Listings(world)
    for folder in ("loras", "input", "output", "vae"):
        assert list(lists.choices(folder)) == list_choices(world, folder)
    assert [list(names) for _, names in lists.models("loras")] == [
        ["a.safetensors", "sub/b.pt"],
        ["a.safetensors", "c.ckpt"],
    ]


@pytest.mark.parametrize("name", ["models/loras/x.pt", "models/loras/sub/x.pt", "models/loras/made/x.pt", "more/x.pt"])
def test_what_comes_and_goes_is_seen(world: Settings, name: str) -> None:
    lists = Listings(world)
    settle(world.base_directory)
    before = lists.choices("loras")
    put(world.base_directory / name)
    assert lists.choices("loras") == tuple(list_choices(world, "loras")) != before
    settle(world.base_directory)
    lists.choices("loras")
    (world.base_directory / name).unlink()
    assert lists.choices("loras") == before


def test_a_folder_that_appears_is_seen(tmp_path: Path) -> None:
    lists = Listings(Settings(base_directory=tmp_path))
    assert lists.choices("vae") == ()
    put(tmp_path / "models/vae/x.pt")
    assert lists.choices("vae") == ("x.pt",)


def test_files_are_looked_at_once(world: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    put(world.base_directory / "models/loras/a.pt")
    settle(world.base_directory)
    lists = Listings(world)
    first = lists.choices("loras")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("The folder was read again.")

    monkeypatch.setattr(module, "walk_files", refuse)
    assert lists.choices("loras") is first


def test_only_folders_that_changed_are_read_again(world: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload costs the reading of the folder that it went to, also right after another one."""
    root = world.base_directory / "input"
    for name in ("a.png", "kept/b.png", "kept/deep/c.png"):
        put(root / name)
    settle(world.base_directory)
    lists, read, scandir = Listings(world), list[str](), os.scandir

    def watched(folder: str) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
        read.append(os.path.relpath(folder, root))
        return scandir(folder)

    lists.choices("input")
    monkeypatch.setattr(os, "scandir", watched)
    for name, changed in (("x.png", ["."]), ("y.png", ["."]), ("kept/new/z.png", [".", "kept", "kept/new"])):
        put(root / name)
        read.clear()
        found = lists.choices("input")
        assert sorted(read) == changed
        assert name in found
        assert list(found) == list_choices(world, "input")


def test_a_folder_that_just_changed_is_read_again(world: Settings) -> None:
    """Two changes within one tick of the clock leave one time stamp."""
    lists = Listings(world)
    folder = world.base_directory / "models/loras"
    put(folder / "a.pt")
    stamp = os.stat(folder).st_mtime_ns
    assert lists.choices("loras") == ("a.pt",)
    put(folder / "b.pt")
    os.utime(folder, ns=(stamp, stamp))
    assert lists.choices("loras") == ("a.pt", "b.pt")


def test_no_prompt_has_the_event_loop_wait_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small it is: whether a file can be chosen is looked up in a thread."""
    threads: list[int] = []
    choices = Listings.choices

    def watched(self: Listings, folder: str) -> Sequence[str]:
        threads.append(threading.get_ident())
        return choices(self, folder)

    monkeypatch.setattr(Listings, "choices", watched)
    prompt = {
        "1": {"class_type": "Draw", "inputs": {"text": "a cat", "model": "nowhere.safetensors"}},
        "2": {"class_type": "Save", "inputs": {"images": ["1", 0]}},
    }

    async def ask() -> None:
        async with asyncio.timeout(60), FakeServer(tmp_path) as server:
            for path, name in (("/prompt", "prompt"), ("/api/v1/jobs", "workflow")):
                answer = await server.client.post(path, json={name: prompt})
                assert "nowhere.safetensors" in await answer.text()
                assert answer.status == 400

    asyncio.run(ask())
    assert len(threads) >= 2
    assert threading.get_ident() not in threads
