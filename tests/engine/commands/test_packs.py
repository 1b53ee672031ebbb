"""`packs`: list, allow and test, as a user types them."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from engine.compat.packs import Trust
from engine.settings import Settings
from main import main

_PACK = """
    import subprocess
    from nodes import MAX_RESOLUTION

    class Invert:
        @classmethod
        def INPUT_TYPES(cls):
            return {"required": {"image": ("IMAGE",), "size": ("INT", {"max": MAX_RESOLUTION})}}
        RETURN_TYPES = ("IMAGE", "INT")
        FUNCTION = "run"
        def run(self, image, size):
            return (1 - image, size)

    class Fails(Invert):
        def run(self, image, size):
            raise ValueError("not today")

    class Strange(Invert):
        @classmethod
        def INPUT_TYPES(cls):
            return {"required": {"x": ("STRANGE_TYPE",)}}

    NODE_CLASS_MAPPINGS = {"Invert": Invert, "Fails": Fails, "Strange": Strange}
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "custom_nodes" / "mine").mkdir(parents=True)
    (tmp_path / "custom_nodes" / "mine" / "__init__.py").write_text(textwrap.dedent(_PACK))
    return tmp_path


def test_list(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packs", "list", "--base-directory", str(base)]) == 0
    told = capsys.readouterr().out
    assert "mine  (loads; 1 file)" in told
    assert "imports: nodes" in told
    assert "runs programs: import subprocess (__init__.py:2)" in told


def test_try(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packs", "test", "mine", "--base-directory", str(base), "--cpu"]) == 1
    told = capsys.readouterr().out
    assert "pack 'mine': 3 node types" in told
    assert "ran      Invert: Tensor [1, 64, 64, 3]; int" in told
    assert "failed   Fails: Node 'tried' (Fails): ValueError: not today" in told
    assert "left out Strange: there is no sample for 'x' of type STRANGE_TYPE" in told


def test_allow(base: Path) -> None:
    assert main(["packs", "allow", "mine", "--base-directory", str(base)]) == 0
    assert Trust.read(Settings(base_directory=base)).known == {"mine"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["allow", "other"], "There is no pack 'other'. There are: mine."), (["test"], "needs the name of a pack")],
)
def test_what_cannot_be_done_is_said(
    base: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["packs", *arguments, "--base-directory", str(base)]) == 2
    assert said in capsys.readouterr().err
