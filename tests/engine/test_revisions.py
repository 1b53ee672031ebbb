"""Revisions: commits of checkouts as git leaves them on disk, and states of packs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.revisions import commit_of, revision_of

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """They are found once for a process; here there are several in one."""
    commit_of.cache_clear()
    revision_of.cache_clear()
    yield
    commit_of.cache_clear()
    revision_of.cache_clear()


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("|", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def repository(root: Path, **files: str) -> Path:
    write(root / ".git", **{"HEAD": "ref: refs/heads/main\n", **files})
    return root


def test_the_commit_of_a_branch(tmp_path: Path):
    assert commit_of(repository(tmp_path, **{"refs|heads|main": f"{COMMIT}\n"})) == COMMIT


def test_the_commit_of_a_branch_that_was_packed(tmp_path: Path):
    refs = f"# pack-refs with: peeled\n{'9' * 40} refs/heads/other\n{COMMIT} refs/heads/main\n"
    assert commit_of(repository(tmp_path, **{"packed-refs": refs})) == COMMIT


def test_a_commit_without_a_branch(tmp_path: Path):
    assert commit_of(repository(tmp_path, HEAD=f"{COMMIT}\n")) == COMMIT


def test_a_work_tree_leads_to_its_repository(tmp_path: Path):
    main = repository(tmp_path / "main", **{"refs|heads|side": COMMIT, "refs|heads|main": "9" * 40})
    write(main / ".git" / "worktrees" / "tree", HEAD="ref: refs/heads/side\n", commondir="../..\n")
    tree = write(tmp_path / "tree", **{".git": "gitdir: ../main/.git/worktrees/tree\n"})
    assert commit_of(tree) == COMMIT


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"HEAD": ""},
        {"HEAD": "nonsense"},
        {"HEAD": "ref: ../../secret"},
        {"HEAD": "ref: HEAD"},
        {"refs|heads|main": "not a commit"},
        {"packed-refs": "\0\0"},
    ],
)
def test_what_cannot_be_read_has_no_commit(files: dict[str, str], tmp_path: Path):
    assert commit_of(repository(tmp_path, **files)) == ""


def test_a_directory_inside_of_a_checkout_is_none_itself(tmp_path: Path):
    repository(tmp_path, HEAD=COMMIT)
    assert commit_of(write(tmp_path / "inside", file="")) == ""
    assert commit_of(write(tmp_path / "strange", **{".git": "nothing of the kind"})) == ""


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git to compare with")
def test_it_is_what_git_says(tmp_path: Path):
    def git(*arguments: str) -> str:
        names = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        command = ["git", "-C", str(tmp_path), *names, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "one")
    assert commit_of(tmp_path) == git("rev-parse", "HEAD")
    git("pack-refs", "--all")
    commit_of.cache_clear()
    assert commit_of(tmp_path) == git("rev-parse", "HEAD")
    git("worktree", "add", "-q", str(tmp_path / "side"))
    assert commit_of(tmp_path / "side") == git("rev-parse", "HEAD")


def test_a_pack_has_a_version_a_commit_and_its_code(tmp_path: Path):
    pack = repository(write(tmp_path / "pack", **{"__init__.py": "x = 1"}), HEAD=COMMIT)
    write(pack, **{"pyproject.toml": '[project]\nversion = "1.4.2"\n'})
    version, commit, code = revision_of(pack).split(" ")
    assert (version, commit) == ("1.4.2", "git:0123456789ab")
    assert code.startswith("code:")


@pytest.mark.parametrize("text", ["", "[project]\nversion = 3", "project = 1", "{"])
def test_a_pack_that_declares_no_version_has_its_code(text: str, tmp_path: Path):
    pack = write(tmp_path / "pack", **{"__init__.py": "x = 1", "pyproject.toml": text})
    assert revision_of(pack).startswith("code:")


def test_who_edits_a_pack_has_another_revision(tmp_path: Path):
    pack = write(tmp_path / "pack", **{"__init__.py": "x = 1", "more|part.py": "y = 1", "notes.txt": "a"})
    seen = [revision_of(pack)]
    write(pack, **{"notes.txt": "b", "__pycache__|part.py": "", ".hidden|a.py": ""})
    revision_of.cache_clear()
    assert revision_of(pack) == seen[0]
    write(pack, **{"more|part.py": "y = 2"})
    revision_of.cache_clear()
    seen.append(revision_of(pack))
    (pack / "more" / "part.py").rename(pack / "more" / "other.py")
    revision_of.cache_clear()
    seen.append(revision_of(pack))
    assert len(set(seen)) == 3


def test_a_pack_of_one_file(tmp_path: Path):
    file = tmp_path / "pack.py"
    file.write_text("x = 1")
    before = revision_of(file)
    (tmp_path / "neighbour.py").write_text("")
    file.write_text("x = 2")
    assert revision_of(file) == before  # what was imported is what runs
    revision_of.cache_clear()
    assert revision_of(file) != before
