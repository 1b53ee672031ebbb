"""Packs are found and imported; whatever one of them does, the others are loaded."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from engine import Engine, Settings
from engine.compat.loader import PackReport
from engine.compat.packs import Trust, find_packs
from engine.graph.registry import Registry

_NODE = """
    class Hello:
        @classmethod
        def INPUT_TYPES(cls):
            return {"required": {"name": ("STRING", {"default": "you"})}}
        RETURN_TYPES = ("STRING",)
        FUNCTION = "greet"
        def greet(self, name):
            return (f"hello {name}",)
    NODE_CLASS_MAPPINGS = {"%s": Hello}
"""


class Place:
    """A base directory with packs."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.settings = Settings(base_directory=base, device="cpu")

    def write(self, name: str, text: str) -> Place:
        """A file below `custom_nodes`."""
        path = self.base / "custom_nodes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return self

    def load(self, **others: Any) -> tuple[Engine, dict[str, PackReport]]:
        settings = Settings(base_directory=self.base, device="cpu", **others)
        engine = Engine(settings, registry=Registry())
        return engine, {report.name: report for report in engine.load_packs()}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_folders_and_files_are_packs_and_other_things_are_not(place: Place) -> None:
    place.write("one/__init__.py", _NODE % "One").write("two.py", _NODE % "Two").write(
        "off.disabled/__init__.py", "1/0"
    )
    place.write("folder/readme.txt", "x").write("__pycache__/x.py", "1/0").write(".hidden/__init__.py", "1/0")
    place.write("notes.txt", "x").write("Off.py.disabled", "1/0")
    engine, reports = place.load()
    assert [pack.name for pack in find_packs(place.settings)] == ["off", "Off", "one", "two"]
    assert [(name, report.standing) for name, report in reports.items()] == [
        ("off", "disabled"),
        ("Off", "disabled"),
        ("one", "loads"),
        ("two", "loads"),
    ]
    assert reports["one"].node_types == ("One",)
    assert {definition.type: definition.module for definition in engine.registry} == {
        "One": "custom_nodes.one",
        "Two": "custom_nodes.two",
    }
    prompt = {"1": {"class_type": "Two", "inputs": {"name": "world"}}}
    assert engine.run(engine.load(prompt), targets=["1"]).outputs["1"] == ("hello world",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def broken(:\n", r"SyntaxError: .* \(__init__.py, line 1\)"),
        ("x = 1\nimport not_installed_anywhere\n", r"No module named 'not_installed_anywhere' \(__init__.py, line 2\)"),
        ("import sys\nsys.exit(3)\n", r"called sys.exit\(3\) \(__init__.py, line 2\)"),
        ("raise BaseException('odd')\n", r"BaseException: odd"),
        ("class E(Exception):\n    def __str__(self): 1/0\nraise E\n", r"cannot be loaded: E"),
        ("from . import inner\n", r"ZeroDivisionError: division by zero \(inner.py, line 1\)"),
        ("x = 1\n", "declares no nodes"),
        ("NODE_CLASS_MAPPINGS = 5\n", "declares no nodes"),
    ],
)
def test_a_pack_that_fails_is_reported_and_the_others_are_loaded(place: Place, text: str, said: str) -> None:
    place.write("bad/__init__.py", text).write("bad/inner.py", "1/0\n").write("good.py", _NODE % "Good")
    engine, reports = place.load()
    assert reports["bad"].error
    assert re.search(said, str(reports["bad"]))
    assert reports["good"].node_types == ("Good",)
    assert "Good" in engine.registry


def test_what_to_install(place: Place) -> None:
    place.write("a/__init__.py", "import not_installed_anywhere.sub").write("b/__init__.py", "import not_installed_too")
    place.write("b/requirements.txt", "x")
    _, reports = place.load()
    assert "needs the Python package 'not_installed_anywhere'" in reports["a"].remedy
    assert "pip install -r custom_nodes/b/requirements.txt" in reports["b"].remedy


def test_a_class_that_cannot_be_read_leaves_the_others_of_its_pack(place: Place) -> None:
    text = textwrap.dedent(_NODE % "Good") + "NODE_CLASS_MAPPINGS['Bad'] = object\nNODE_CLASS_MAPPINGS['Odd'] = 5\n"
    place.write("pack.py", text)
    _, reports = place.load()
    assert reports["pack"].node_types == ("Good",)
    assert [note.partition(":")[0] for note in reports["pack"].notes] == ["node type 'Bad'", "node type 'Odd'"]


def test_a_type_that_is_there_already_is_not_replaced(place: Place) -> None:
    place.write("a.py", _NODE % "Same").write("b.py", _NODE % "Same")
    engine, reports = place.load()
    assert engine.registry["Same"].module == "custom_nodes.a"
    assert "'Same' is there already, from custom_nodes.a" in str(reports["b"])


def test_titles_relative_imports_and_web_directories(place: Place) -> None:
    place.write("my-pack.v2/__init__.py", "from .sub.inner import *\nNODE_DISPLAY_NAME_MAPPINGS = {'T': 'Title'}\n")
    place.write("my-pack.v2/sub/inner.py", _NODE % "T" + "    WEB_DIRECTORY = './js'\n").write("my-pack.v2/js/a.js", "")
    engine, reports = place.load()
    assert engine.registry["T"].display_name == "Title"
    assert reports["my-pack.v2"].web_directory == "js"


@pytest.mark.parametrize("given", ["..", "/", "nothing", "./js/../..", 5])
def test_a_web_directory_elsewhere_is_none(place: Place, given: Any) -> None:
    place.write("pack/__init__.py", textwrap.dedent(_NODE % "T") + f"WEB_DIRECTORY = {given!r}\n")
    assert place.load()[1]["pack"].web_directory == ""


def test_our_own_kind_of_node(place: Place) -> None:
    text = """
        from engine import node
        @node("Twice", category="test")
        def twice(*, value: int = 1) -> int:
            '''Double it.'''
            return value * 2
    """
    engine, _ = place.write("native.py", text).load()
    assert engine.run(engine.load({"1": {"class_type": "Twice", "inputs": {"value": 4}}}), targets=["1"]).outputs == {
        "1": (8,)
    }


def test_prestartup_scripts_run_before_all_packs_and_may_fail(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("a/__init__.py", "import os\nassert os.environ['SKEIN_TEST'] == 'z'\n" + textwrap.dedent(_NODE % "A"))
    place.write("b/prestartup_script.py", "import sys\nsys.exit(1)").write(
        "b/__init__.py", textwrap.dedent(_NODE % "B")
    )
    place.write("z/prestartup_script.py", "import os\nos.environ['SKEIN_TEST'] = 'z'")
    place.write("z/__init__.py", textwrap.dedent(_NODE % "Z"))
    monkeypatch.setenv("SKEIN_TEST", "")
    _, reports = place.load()
    assert [report.error for report in reports.values()] == ["", "", ""]


def test_switched_off_but_for_some(place: Place) -> None:
    place.write("a.py", _NODE % "A").write("b.py", _NODE % "B")
    engine, reports = place.load(loads_packs=False, allowed_packs=("b",))
    assert [(name, report.standing) for name, report in reports.items()] == [("a", "not allowed"), ("b", "loads")]
    assert "--whitelist-custom-nodes" in str(reports["a"])
    assert "A" not in engine.registry


def test_further_directories(place: Place, tmp_path: Path) -> None:
    place.write("a.py", _NODE % "A")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "b.py").write_text(textwrap.dedent(_NODE % "B"))
    (tmp_path / "more" / "a.py").write_text("1/0")
    engine, _ = place.load(pack_directories=(tmp_path / "more", tmp_path / "nothing"))
    assert [definition.type for definition in engine.registry] == ["A", "B"]


def test_a_new_pack_waits_where_others_can_connect(place: Place) -> None:
    place.write("old.py", _NODE % "Old").load()
    place.write("new.py", _NODE % "New")
    _, reports = place.load(trusts_new_packs=False)
    assert [(name, report.standing) for name, report in reports.items()] == [("new", "new"), ("old", "loads")]
    assert "packs allow new" in str(reports["new"])
    Trust.read(place.settings).allow("new").write()
    assert place.load(trusts_new_packs=False)[1]["new"].standing == "loads"


def test_a_pack_that_ends_the_process_is_left_out_until_it_changes(place: Place) -> None:
    place.write("a.py", _NODE % "A").write("deadly.py", "import os\nos._exit(7)").write("z.py", _NODE % "Z")
    code = (
        "import sys; from pathlib import Path; from tests.engine.compat.test_loader import Place;"
        "print([str(r) for r in Place(Path(sys.argv[1])).load()[1].values()])"
    )
    first = subprocess.run([sys.executable, "-c", code, str(place.base)], check=False)
    assert first.returncode == 7
    place.load()
    _, reports = place.load()
    assert [report.standing for report in reports.values()] == ["loads", "crashed", "loads"]
    assert "packs allow deadly" in str(reports["deadly"])
    place.write("deadly.py", _NODE % "Deadly")
    assert place.load()[1]["deadly"].node_types == ("Deadly",)


def _load_and_be_killed(place: Place) -> None:
    """In a process of its own, as soon as a pack says that it has begun."""
    code = "import sys; from pathlib import Path; from tests.engine.compat.test_loader import Place;"
    with subprocess.Popen(
        [sys.executable, "-c", f"{code} Place(Path(sys.argv[1])).load()", str(place.base)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert "begun" in process.stdout.readline()
        process.kill()


def test_a_pack_whose_import_never_ends_is_left_out_after_the_process_was_killed(place: Place) -> None:
    place.write("a.py", _NODE % "A").write("endless.py", "import time\nprint('begun', flush=True)\ntime.sleep(3600)")
    _load_and_be_killed(place)
    reports = place.load()[1]
    assert [report.standing for report in reports.values()] == ["loads", "crashed"]
    assert "did not end" in str(reports["endless"])


@pytest.mark.parametrize("times", [1, 2])
def test_a_pack_whose_input_types_never_end_is_left_out_too(place: Place, times: int) -> None:
    """At whichever time they are asked for: the second is when all packs are there, as choices may depend on others."""
    endless = f"""
        asked = 0
        class Endless:
            FUNCTION, RETURN_TYPES = "run", ()
            @classmethod
            def INPUT_TYPES(cls):
                global asked
                asked += 1
                while asked >= {times}:
                    print("begun", flush=True)
                    __import__("time").sleep(3600)
                return {{"required": {{"choice": (["a", "b"],)}}}}
            def run(self, choice):
                return ()
        NODE_CLASS_MAPPINGS = {{"Endless": Endless}}
    """
    place.write("a.py", _NODE % "A").write("b.py", endless).write("c.py", _NODE % "C")
    _load_and_be_killed(place)
    reports = place.load()[1]
    assert [report.standing for report in reports.values()] == ["loads", "crashed", "loads"]


@pytest.mark.parametrize("is_before", [False, True])
def test_a_pack_that_takes_too_long_ends_the_process_and_is_left_out(place: Place, is_before: bool) -> None:
    """Even where it keeps the interpreter to itself, before packs are imported or then."""
    stuck, good = "import ctypes; ctypes.PyDLL(None).sleep(3600)", _NODE % "B"
    place.write("a.py", _NODE % "A").write("c.py", _NODE % "C")
    before, then = (stuck, good) if is_before else ("", stuck)
    place.write("b/prestartup_script.py", before).write("b/__init__.py", then)
    code = "import sys; from pathlib import Path; from engine import Engine, Settings;"
    code += "from engine.graph.registry import Registry;"
    made = "Engine(Settings(base_directory=Path(sys.argv[1]), device='cpu'), registry=Registry())"
    ended = subprocess.run(
        [sys.executable, "-c", f"{code} {made}.load_packs(timeout_s=1)", str(place.base)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert str(place.base) in ended.stderr
    reports = place.load()[1]
    assert [report.standing for report in reports.values()] == ["loads", "crashed", "loads"]


def test_damaged_notes_about_packs_stop_nobody(place: Place) -> None:
    place.write("a.py", _NODE % "A")
    for text in ("{", "[]", '{"known": 5, "crashed": [], "loading": 7}', ""):
        path = place.settings.directory("user") / "packs.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        assert place.load()[1]["a"].standing == "loads"


def test_no_packs_no_facades(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from engine import Engine, Settings;"
        "engine = Engine(Settings(base_directory=Path(sys.argv[1]))); assert engine.load_packs() == [];"
        "assert not any(name.startswith('engine.compat.shims') for name in sys.modules);"
        "assert 'folder_paths' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


def test_facades_are_one_module_under_both_names(place: Place) -> None:
    place.write("a.py", "import nodes\nassert nodes.MAX_RESOLUTION == 16384\n" + textwrap.dedent(_NODE % "A"))
    _, reports = place.load()
    assert reports["a"].error == ""
    import nodes

    assert nodes.__file__ is not None
    assert Path(nodes.__file__).parts[-2:] == ("nodes", "__init__.py")
