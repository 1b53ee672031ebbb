"""Names stay in their directories; files appear whole, under numbers that nobody else has."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import FileError
from engine.files import (
    PathHider,
    fill_prefix,
    find_model_file,
    is_special_on_windows,
    list_choices,
    list_images,
    list_model_files,
    resolve_input_file,
    resolve_inside,
    split_annotation,
    write_numbered,
    write_whole,
)
from engine.settings import Settings

NOON = time.strptime("2026-03-05 07:08:09", "%Y-%m-%d %H:%M:%S")


@pytest.fixture
def world(tmp_path: Path) -> Settings:
    for name in ("input/sub", "output", "temp", "models/checkpoints", "outside"):
        (tmp_path / name).mkdir(parents=True)
    return Settings(base_directory=tmp_path)


def touch(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


# -- names -----------------------------------------------------------------------------------------------------------

OUTSIDE = [
    *("", " ", ".", "..", "../x.png", "sub/../../x.png", "/etc/passwd", "\\etc\\passwd", "C:\\x.png", "c:x.png"),
    *("..\\x.png", "a\0.png", "//host/share/x.png", "sub/../x.png", "\ud800.png"),
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_names_that_lead_outside_are_refused(world: Settings, name: str) -> None:
    touch(world.base_directory / "x.png")
    with pytest.raises(FileError):
        resolve_input_file(world, name)


def test_existing_and_missing_files_outside_get_the_same_answer(world: Settings) -> None:
    touch(world.base_directory / "there.png")
    answers = set[str]()
    for name in ("../there.png", "../nope_.png"):
        with pytest.raises(FileError) as refused:
            resolve_inside(world.directory("input"), name)
        answers.add(str(refused.value).replace(name, "NAME"))
    assert len(answers) == 1
    assert str(world.base_directory) not in answers.pop()


@given(st.text(max_size=40))
@settings(max_examples=150)
def test_whatever_the_name_nothing_outside_is_reached(name: str) -> None:
    root = Path("/nowhere/input")
    try:
        path = resolve_inside(root, name)
    except FileError:
        return
    assert path != root
    assert path.is_relative_to(root)


def test_links_that_lead_outside_are_refused_and_not_listed(world: Settings) -> None:
    inside = world.directory("input")
    touch(world.base_directory / "outside/secret.png")
    (inside / "file.png").symlink_to(world.base_directory / "outside/secret.png")
    (inside / "folder").symlink_to(world.base_directory / "outside")
    touch(inside / "sub/real.png")
    (inside / "alias.png").symlink_to(inside / "sub/real.png")
    for name in ("file.png", "folder/secret.png"):
        with pytest.raises(FileError):
            resolve_input_file(world, name)
    assert list_images(inside) == ["alias.png", "sub/real.png"]
    assert resolve_input_file(world, "alias.png").name == "real.png"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("a b.png [output]", ("a b.png", "output")),
        ("sub/x.png[temp]", ("sub/x.png", "temp")),
        ("x.png [input] [output]", ("x.png [input]", "output")),
        ("x.png", ("x.png", None)),
        ("x.png [models]", ("x.png [models]", None)),
        ("[input]", ("[input]", None)),
        ("", ("", None)),
    ],
)
def test_a_name_says_its_directory_at_its_end(name: str, wanted: tuple[str, str | None]) -> None:
    assert split_annotation(name) == wanted


def test_endings_choose_the_directory(world: Settings) -> None:
    for kind in ("input", "output", "temp"):
        touch(world.base_directory / kind / "a b.png", kind.encode())
    assert resolve_input_file(world, "a b.png").read_bytes() == b"input"
    assert resolve_input_file(world, "a b.png", folder="output").read_bytes() == b"output"
    for kind in ("input", "output", "temp"):
        assert resolve_input_file(world, f"a b.png [{kind}]").read_bytes() == kind.encode()
        assert resolve_input_file(world, f"a b.png[{kind}]", folder="output").read_bytes() == kind.encode()
    with pytest.raises(FileError):
        resolve_input_file(world, "../a b.png [output]")
    with pytest.raises(FileError, match="not found"):
        resolve_input_file(world, "a b.png [models]")


@pytest.mark.parametrize(
    "name", ["sub", "missing.png", "x" * 5000 + ".png", "a/" * 3000 + "b.png", " " * 100_000 + "["]
)
def test_what_is_no_file_is_said_in_a_short_sentence(world: Settings, name: str) -> None:
    with pytest.raises(FileError) as refused:
        resolve_input_file(world, name, "image")
    assert len(str(refused.value)) < 400


def test_devices_and_pipes_are_no_files(world: Settings) -> None:
    os.mkfifo(world.directory("input") / "pipe.png")
    with pytest.raises(FileError):
        resolve_input_file(world, "pipe.png")


@pytest.mark.parametrize("name", ["con", "sub/NUL.png", "a:b", "x.", "x /y", "com1.txt", "a?b", "a|b"])
def test_names_that_windows_takes_for_something_else(name: str) -> None:
    assert is_special_on_windows(name)


@pytest.mark.parametrize("name", ["console", "sub/nulls.png", "a b.png", ".hidden", "ä/ö.png"])
def test_names_that_windows_takes_as_they_are(name: str) -> None:
    assert not is_special_on_windows(name)


# -- lists -----------------------------------------------------------------------------------------------------------


def test_models_of_all_directories_each_once(world: Settings, tmp_path: Path) -> None:
    more = tmp_path / "more"
    world = Settings(base_directory=tmp_path, extra_model_directories={"checkpoints": (more,)})
    for name in ("models/checkpoints/b.safetensors", "models/checkpoints/sub/a.ckpt", "models/checkpoints/note.txt"):
        touch(tmp_path / name)
    touch(more / "b.safetensors", b"other")
    touch(more / "c.PT")
    touch(more / ".hidden.pt")
    assert list_model_files(world, "checkpoints") == ["b.safetensors", "c.PT", "sub/a.ckpt"]
    assert find_model_file(world, "checkpoints", "b.safetensors").read_bytes() == b"x"
    assert find_model_file(world, "checkpoints", "sub\\a.ckpt").is_file()
    for name in ("", "nope.pt", "../checkpoints/b.safetensors", "/etc/passwd", "\0", "x" * 3000, "sub", "\ud800"):
        with pytest.raises(FileError):
            find_model_file(world, "checkpoints", name)


def test_loops_of_links_end(world: Settings) -> None:
    models = world.directory("models") / "checkpoints"
    touch(models / "a/m.pt")
    for name in ("loop1", "loop2"):
        (models / "a" / name).symlink_to(models)
    (models / "itself").symlink_to(models / "itself")
    assert list_model_files(world, "checkpoints") == ["a/m.pt"]
    (world.directory("input") / "itself.png").symlink_to(world.directory("input") / "itself.png")
    with pytest.raises(FileError):
        resolve_input_file(world, "itself.png")


def test_choices_by_folder(world: Settings) -> None:
    for name in ("input/i.png", "output/o.WEBP", "temp/t.jpg", "models/vae/v.pt", "input/no.txt"):
        touch(world.base_directory / name)
    assert [list_choices(world, kind) for kind in ("input", "output", "temp", "vae", "loras")] == [
        *(["i.png"], ["o.WEBP"], ["t.jpg"], ["v.pt"], [])
    ]


def test_names_that_are_not_text_are_left_out(world: Settings) -> None:
    os.close(os.open(os.fsencode(world.directory("input")) + b"/\xff.png", os.O_CREAT))
    assert list_images(world.directory("input")) == []


# -- writing whole ---------------------------------------------------------------------------------------------------


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "new/folder/file.bin"
    for content in (b"first", b"second"):
        write_whole(path, lambda file, content=content: file.write(content))
        assert path.read_bytes() == content
    assert os.listdir(path.parent) == ["file.bin"]


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", lambda file: file.write(b""))
    write_numbered(tmp_path, "b", ".png", [b""])
    (tmp_path / "c").touch()
    assert len({path.stat().st_mode for path in tmp_path.iterdir()}) == 1


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("odd"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_old_file(tmp_path: Path, error: BaseException) -> None:
    path = touch(tmp_path / "file.bin", b"old")

    def fail(file: object) -> None:
        raise error

    with pytest.raises((FileError, ValueError, KeyboardInterrupt)) as raised:
        write_whole(path, fail)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file.bin"]
    if isinstance(error, OSError):
        assert isinstance(raised.value, FileError)
        assert "No space left" in str(raised.value)
        assert str(tmp_path) in str(raised.value)


def run_python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])


def test_a_disk_that_fills_up_leaves_nothing(tmp_path: Path) -> None:
    """RLIMIT_FSIZE stands for the full disk: the write itself fails, half-way."""
    result = run_python(
        """
        import resource, sys
        from pathlib import Path
        from engine.errors import FileError
        from engine.files import write_numbered, write_whole
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        for write in (
            lambda: write_whole(Path(sys.argv[1], "big"), lambda file: file.write(bytes(1_000_000))),
            lambda: write_numbered(Path(sys.argv[1]), "a", ".png", [bytes(10), bytes(1_000_000)]),
        ):
            try:
                write()
            except FileError as error:
                print(error)
        """,
        tmp_path,
    )
    assert result.returncode == 0, result.stderr
    assert [str(tmp_path) in line and "File too large" in line for line in result.stdout.splitlines()] == [True, True]
    assert os.listdir(tmp_path) == ["a_00001_.png"]


def test_a_kill_leaves_nothing_under_the_final_name(tmp_path: Path) -> None:
    result = run_python(
        """
        import os, signal, sys
        from pathlib import Path
        from engine.files import write_numbered, write_whole
        def contents():
            yield b"whole"
            yield b"half"
        real = os.fsync
        def die(handle):
            if os.fstat(handle).st_size == 4:
                os.kill(os.getpid(), signal.SIGKILL)
            real(handle)
        os.fsync = die
        write_numbered(Path(sys.argv[1]), "a", ".png", contents())
        """,
        tmp_path,
    )
    assert result.returncode == -signal.SIGKILL, result.stderr
    assert [name for name in os.listdir(tmp_path) if not name.startswith(".")] == ["a_00001_.png"]
    assert (tmp_path / "a_00001_.png").read_bytes() == b"whole"
    again = write_numbered(tmp_path, "a", ".png", [b"next"])
    assert again[0].path.read_bytes() == b"next"


def test_directories_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = touch(tmp_path / "file")
    for directory in (blocked, blocked / "below", Path("/proc/nothing")):
        with pytest.raises(FileError) as raised:
            write_numbered(directory, "a", ".png", [b"x"])
        assert repr(str(directory)) in str(raised.value)
        with pytest.raises(FileError):
            write_whole(directory / "x", lambda file: None)
    for prefix in ("x" * 300, "y/" * 3000 + "z", "\ud800"):
        with pytest.raises(FileError):
            write_numbered(tmp_path, prefix, ".png", [b"x"])


# -- series ----------------------------------------------------------------------------------------------------------


def names(directory: Path, prefix: str, count: int = 1, **options: int) -> list[str]:
    saved = write_numbered(directory, prefix, ".png", [b"x"] * count, now=NOON, **options)
    assert all(file.path == (directory / file.subfolder / file.filename).resolve() for file in saved)
    return [f"{file.subfolder}/{file.filename}".lstrip("/") for file in saved]


def test_numbers_go_on_after_the_highest(tmp_path: Path) -> None:
    assert names(tmp_path, "a", 2) == ["a_00001_.png", "a_00002_.png"]
    touch(tmp_path / "a_00007_.webp")
    touch(tmp_path / "A_00009_.png")  # other systems take it for the same name
    touch(tmp_path / "a_b_00050_.png")
    touch(tmp_path / "a_99.png")
    touch(tmp_path / "ba_00100_.png")
    assert names(tmp_path, "a") == ["a_00010_.png"]
    touch(tmp_path / "a_123456_.png")
    assert names(tmp_path, "a") == ["a_123457_.png"]
    assert names(tmp_path, "a.b+(") == ["a.b+(_00001_.png"]


def test_a_number_that_is_taken_meanwhile_is_skipped(tmp_path: Path) -> None:
    def contents() -> Iterator[bytes]:
        yield b"1"
        touch(tmp_path / "a_00002_.png", b"other")
        (tmp_path / "a_00003_.png").symlink_to("nowhere")
        yield b"4"

    saved = write_numbered(tmp_path, "a", ".png", contents())
    assert [file.filename for file in saved] == ["a_00001_.png", "a_00004_.png"]
    assert (tmp_path / "a_00002_.png").read_bytes() == b"other"


def test_folders_and_variables(tmp_path: Path) -> None:
    assert names(tmp_path, "x/y\\z") == ["x/y/z_00001_.png"]
    assert names(tmp_path, "./x//w") == ["x/w_00001_.png"]
    assert names(tmp_path, "folder/") == ["folder/_00001_.png"]
    assert names(tmp_path, "") == ["_00001_.png"]
    assert names(tmp_path, "%year%-%month%-%day%/%hour%%minute%%second% %width%x%height%", width=64, height=32) == [
        "2026-03-05/070809 64x32_00001_.png"
    ]
    assert names(tmp_path, "%date:yyyy-MM-dd%/%date:yy.M.d hhmmss%") == ["2026-03-05/26.3.5 070809_00001_.png"]
    assert names(tmp_path, "n%batch_num%", 2) == ["n0_00001_.png", "n1_00002_.png"]
    assert names(tmp_path, "n%batch_num%") == ["n0_00003_.png"]
    assert names(tmp_path, "%unknown% 100%") == ["%unknown% 100%_00001_.png"]
    assert names(tmp_path, 'a: "b" <c>|?*\n') == ["a_ _b_ _c______00001_.png"]


@pytest.mark.parametrize("prefix", ["../a", "x/../../a", "/abs/a", "\\abs", "C:/a", "..\\a", "x/../a", "link/a"])
def test_prefixes_that_lead_outside_are_refused(tmp_path: Path, prefix: str) -> None:
    output = tmp_path / "output"
    output.mkdir()
    (output / "link").symlink_to(tmp_path)
    with pytest.raises(FileError, match="output"):
        write_numbered(output, prefix, ".png", [b"x"])
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["link", "output"]


@given(st.text(max_size=30))
@settings(max_examples=100, deadline=None)
def test_whatever_the_prefix_files_stay_inside(tmp_path_factory: pytest.TempPathFactory, prefix: str) -> None:
    top = tmp_path_factory.mktemp("top")
    output = top / "output"
    try:
        saved = write_numbered(output, prefix, ".png", [b"x"])
    except FileError:
        saved = []
    assert all(file.path.is_relative_to(output) and file.path.read_bytes() == b"x" for file in saved)
    assert os.listdir(top) in (["output"], [])


def test_variables_are_filled_once() -> None:
    assert fill_prefix("%width%height%%", width=5) == "5height%%"
    assert fill_prefix("%date:'x' q%", now=NOON) == "'x' q"


def test_writers_of_one_series_never_clobber(tmp_path: Path) -> None:
    """Threads and processes at once: as many files as were written, each with its writer's content."""
    code = """
        import sys
        from pathlib import Path
        from engine.files import write_numbered
        for turn in range(25):
            write_numbered(Path(sys.argv[1]), "a", ".png", [f"{sys.argv[2]} {turn}".encode()])
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)]
    others = [subprocess.Popen([*command, str(index)], cwd=Path(__file__).parents[2]) for index in range(2)]

    def write(name: str) -> None:
        for turn in range(25):
            write_numbered(tmp_path, "a", ".png", [f"{name} {turn}".encode()])

    threads = [threading.Thread(target=write, args=(f"thread{index}",)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.wait() for other in others] == [0, 0]
    contents = [path.read_text() for path in tmp_path.iterdir()]
    assert len(contents) == len(set(contents)) == 6 * 25


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("in /home/anna/models/a.safetensors, once", "in …/a.safetensors, once"),
        (r"in C:\Users\Anna\models\a.safetensors, once", "in …/a.safetensors, once"),
        (r"path = 'C:\\Users\\Anna\\a.png'", "path = '…/a.png'"),
        ("'/home/anna lee/a.png'", "'…/a.png'"),
        ("'../../home/a.png' leads outside", "'../../home/a.png' leads outside"),
        ("https://example.org/home/a.png and 3:4", "https://example.org/home/a.png and 3:4"),
    ],
)
def test_directories_of_paths_are_hidden_however_they_are_written(text: str, shown: str) -> None:
    assert PathHider(["home"]).hide(text) == shown
