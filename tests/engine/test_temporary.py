"""The temp directory is emptied, and nothing that is not ours ever goes."""

from __future__ import annotations

import dataclasses
import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.errors import FileError
from engine.settings import Settings
from engine.temporary import TempDirectory, clear_temp_directory, open_temp_directory, remove_dead_parts
from tests.engine.server.real import ROOT


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "base").mkdir()
    return Settings(base_directory=tmp_path / "base")


def _tree(directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in directory.rglob("*")}


def _fill(directory: Path) -> None:
    (directory / "clipspace" / "deep").mkdir(parents=True)
    (directory / "clipspace" / "deep" / "mask.png").write_bytes(b"1")
    (directory / "preview_abcde_00001_.png").write_bytes(b"2")
    (directory / ".preview_abcde_00002_.png.part").write_bytes(b"3")
    (directory / ".0123456789abcdef.part").write_bytes(b"4")
    (directory / "notes.txt").write_text("somebody's")


def test_a_directory_of_our_own_is_emptied(settings: Settings) -> None:
    open_temp_directory(settings)
    temp = settings.directory("temp")
    for clear in (open_temp_directory, clear_temp_directory):
        _fill(temp)
        clear(settings)
        assert _tree(temp) == set()


def test_of_a_directory_with_other_files_only_ours_go(settings: Settings) -> None:
    temp = settings.directory("temp")
    _fill(temp)
    for clear in (open_temp_directory, open_temp_directory, clear_temp_directory):
        clear(settings)
        assert _tree(temp) == {"clipspace", "clipspace/deep", "clipspace/deep/mask.png", "notes.txt"}


def test_another_directory_of_the_same_name_is_not_ours(settings: Settings) -> None:
    open_temp_directory(settings)
    temp = settings.directory("temp")
    temp.rename(temp.with_name("before"))
    _fill(temp)
    open_temp_directory(settings)
    assert (temp / "notes.txt").exists()


def test_links_are_removed_and_not_followed(settings: Settings, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.txt").write_text("x")
    open_temp_directory(settings)
    temp = settings.directory("temp")
    (temp / "folder").mkdir()
    for place in (temp / "link", temp / "folder" / "link"):
        place.symlink_to(outside)
    (temp / "file_link").symlink_to(outside / "precious.txt")
    (temp / "broken").symlink_to(tmp_path / "nowhere")
    clear_temp_directory(settings)
    assert _tree(temp) == set()
    assert _tree(outside) == {"precious.txt"}


def test_links_of_our_names_stay_where_not_all_is_ours(settings: Settings, tmp_path: Path) -> None:
    temp = settings.directory("temp")
    _fill(temp)
    (temp / "preview_zzzzz_00001_.png").symlink_to(temp / "notes.txt")
    clear_temp_directory(settings)
    assert (temp / "notes.txt").exists()
    assert (temp / "preview_zzzzz_00001_.png").is_symlink()


@pytest.mark.parametrize("kept", ["output", "input", "user", "models"])
def test_what_is_kept_elsewhere_is_never_emptied(tmp_path: Path, kept: str) -> None:
    """Also when somebody names the same directory twice, or one above it, while it is still empty."""
    shared = tmp_path / "shared"
    for temp in (shared, tmp_path):
        settings = Settings(base_directory=tmp_path / "base", temp_directory=temp)
        settings = dataclasses.replace(settings, **{f"{kept}_directory": shared / "kept"})
        (shared / "kept").mkdir(parents=True, exist_ok=True)
        open_temp_directory(settings)
        (shared / "kept" / "picture.png").write_bytes(b"1")
        open_temp_directory(settings)
        assert (shared / "kept" / "picture.png").exists()


def test_what_a_client_may_put_there_makes_nothing_ours(settings: Settings) -> None:
    temp = settings.directory("temp")
    _fill(temp)
    (temp / ".skein-temp").write_text("")
    (temp / "temp_directories.json").write_text("{}")
    open_temp_directory(settings)
    assert (temp / "notes.txt").exists()


def test_a_memory_that_cannot_be_read_costs_nothing_but_the_emptying(settings: Settings) -> None:
    open_temp_directory(settings)
    temp = settings.directory("temp")
    for damage in (b"", b"[1]", b'{"a": 3}', b"\xff"):
        (settings.directory("user") / "cache" / "temp_directories.json").write_bytes(damage)
        _fill(temp)
        clear_temp_directory(settings)
        assert (temp / "notes.txt").exists()
        for path in (temp / "clipspace" / "deep" / "mask.png", temp / "notes.txt"):
            path.unlink()
        os.removedirs(temp / "clipspace" / "deep")
        temp.mkdir(exist_ok=True)


def test_a_missing_directory_is_no_error_and_a_file_in_its_place_is(settings: Settings) -> None:
    clear_temp_directory(settings)
    settings.directory("temp").write_text("a file")
    with pytest.raises(FileError, match="temp directory"):
        open_temp_directory(settings)


@pytest.mark.skipif(os.name == "nt", reason="directories are not locked there")
def test_of_several_servers_only_who_is_alone_empties_it(settings: Settings) -> None:
    temp = settings.directory("temp")
    first = TempDirectory.open(settings)
    _fill(temp)
    kept = _tree(temp)
    second = TempDirectory.open(settings)
    third = TempDirectory.open(settings)
    second.close()
    first.close()
    assert _tree(temp) == kept
    third.close()
    assert _tree(temp) == set()
    _fill(temp)
    TempDirectory.open(settings).close()
    assert _tree(temp) == set()


def test_where_directories_cannot_be_locked_everybody_empties_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "not here")

    monkeypatch.setattr("fcntl.flock", refuse)
    temp = TempDirectory.open(settings)
    _fill(settings.directory("temp"))
    temp.close()
    assert _tree(settings.directory("temp")) == set()


# -- parts of files --------------------------------------------------------------------------------------------------

_SAVE = """
import os, sys
from pathlib import Path
from engine.files import write_numbered, write_whole
def write(file):
    file.write(b"half")
    file.flush()
    print("ready", flush=True)
    sys.stdin.read()
{save}
"""
_NUMBERED = """
import engine.files
engine.files.os.fsync = lambda _: (print("ready", flush=True), sys.stdin.read())
write_numbered(Path("out"), "cats/big", ".png", [b"half"])
"""


@pytest.mark.parametrize("save", ["write_whole(Path('out/deep/x.json'), write)", _NUMBERED])
def test_parts_go_when_who_wrote_them_has_died(tmp_path: Path, save: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    command = [sys.executable, "-c", _SAVE.format(save=save)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as saving:
        assert saving.stdout is not None
        assert saving.stdout.readline() == b"ready\n"
        (part,) = out.rglob(".*.part")
        remove_dead_parts(out, age_s=0)
        assert part.exists(), "somebody lives who writes it"
        saving.kill()
        saving.wait()
    remove_dead_parts(out)
    assert part.exists(), "it is young"
    remove_dead_parts(out, age_s=0, is_over=lambda: True)
    assert part.exists()
    remove_dead_parts(out, age_s=0)
    assert not part.exists()


def test_nothing_else_goes(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    out = tmp_path / "out"
    (out / "deep").mkdir(parents=True)
    for path in (outside / ".0123456789abcdef.part", out / "x.part", out / ".x.part", out / "a_00001_.png"):
        path.write_bytes(b"1")
    (out / "link").symlink_to(outside)
    (out / "deep" / ".0123456789abcdee.part").symlink_to(out / "x.part")
    (out / ".0123456789abcded.part").mkdir()
    before = _tree(tmp_path)
    remove_dead_parts(out, age_s=0)
    remove_dead_parts(tmp_path / "nowhere", age_s=0)
    assert _tree(tmp_path) == before


def test_where_nothing_can_be_locked_only_very_old_parts_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.temporary.lock_open_file", lambda _: None)
    part = tmp_path / ".a_00001_.png.part"
    part.write_bytes(b"1")
    os.utime(part, (0.0, time.time() - 3600))
    remove_dead_parts(tmp_path)
    assert part.exists()
    os.utime(part, (0.0, time.time() - 2 * 24 * 3600))
    remove_dead_parts(tmp_path)
    assert not part.exists()
