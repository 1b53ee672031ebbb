from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from engine.errors import EngineError, FileError, Interrupted, ValidationError, WorkflowError
from engine.execution.events import Event, NodeStarted
from engine.graph.registry import Registry
from engine.graph.schema import NodeDef
from engine.graph.workflow import Node, Workflow
from engine.provenance import open_hashes
from engine.runtime import Engine
from engine.settings import Settings
from tests.engine.execution import tiny
from tests.engine.execution.tiny import graph

ROOT = Path(__file__).resolve().parent.parent.parent
GRAPH = graph(v=("Value", {"value": 2}), s=("Sum", {"a": "@v"}), show=("Show", {"source": "@s"}))


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(Settings(base_directory=tmp_path, device="cpu"), registry=tiny.REGISTRY)


def in_subprocess(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# -- importing -----------------------------------------------------------------------------------------------------


def test_importing_the_engine_loads_nothing_heavy():
    in_subprocess(
        "import sys, engine.runtime\n"
        "loaded = {'torch', 'numpy', 'PIL', 'asyncio', 'aiohttp', 'networkx', 'transformers'} & set(sys.modules)\n"
        "assert not loaded, loaded"
    )


def test_a_run_without_tensors_and_coroutines_needs_neither_torch_nor_asyncio():
    in_subprocess(
        "import sys\n"
        "from benchmarks import engine_overhead as b\n"
        "from engine import Engine\n"
        "from engine.graph.registry import Registry\n"
        "engine = Engine(registry=Registry([b.start, b.step, b.end]))\n"
        "assert engine.run(engine.load(b.make_chain(5))).outputs == {'4': (3,)}\n"
        "loaded = {'torch', 'asyncio', 'aiohttp'} & set(sys.modules)\n"
        "assert not loaded, loaded"
    )


# -- loading -------------------------------------------------------------------------------------------------------


def write_png(path: Path, **texts: str) -> Path:
    info = PngInfo()
    for key, text in texts.items():
        info.add_text(key, text)
    Image.new("RGB", (4, 4)).save(path, "PNG", pnginfo=info)
    return path


def test_json_files_documents_and_pictures_give_the_same(engine: Engine, tmp_path: Path):
    file = tmp_path / "a.json"
    file.write_text(json.dumps(GRAPH))
    bom = tmp_path / "b.json"
    bom.write_bytes(b"\xef\xbb\xbf" + json.dumps({"prompt": GRAPH}).encode())
    png = write_png(tmp_path / "wrong extension.json", prompt=json.dumps(GRAPH))
    expected = engine.load(GRAPH).nodes
    for source in (file, str(file), bom, png, [GRAPH], {"prompt": GRAPH}):
        assert engine.load(source).nodes == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not JSON"),
        (b"not json", "is not JSON"),
        (b"\xff\xfe\xfd", "is not text"),
        (b"[" * 100_000, "nested too deep"),
        (b"[1, 2]", "workflow"),
        (b"7", "workflow"),
        (b"{}", "no outputs"),
        (b" " * 2000, "has 2000 bytes"),
    ],
)
def test_files_that_are_no_workflows(content: bytes, message: str, tmp_path: Path):
    engine = Engine(Settings(max_workflow_bytes=1000 if b"  " in content else 10**6), registry=tiny.REGISTRY)
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises((WorkflowError, ValidationError), match=message):
        engine.run(engine.load(path))


def test_pictures_without_a_workflow(engine: Engine, tmp_path: Path):
    with pytest.raises(WorkflowError, match=r"'a\.png' carries no workflow\."):
        engine.load(write_png(tmp_path / "a.png"))
    with pytest.raises(WorkflowError, match=r"'b\.png' carries no workflow, only 'parameters'"):
        engine.load(write_png(tmp_path / "b.png", parameters="a cat, Steps: 20"))
    with pytest.raises(WorkflowError, match="The text 'workflow' is not JSON"):
        engine.load(write_png(tmp_path / "c.png", workflow="{"))


def test_a_damaged_canvas_does_not_hide_the_prompt(engine: Engine, tmp_path: Path):
    workflow = engine.load(write_png(tmp_path / "a.png", workflow="{", prompt=json.dumps(GRAPH)))
    assert workflow.nodes.keys() == GRAPH.keys()
    assert "The text 'workflow' is not JSON" in str(workflow.notes[0])


def test_parameters_become_a_workflow_with_the_files_that_are_there(engine: Engine, tmp_path: Path):
    content = b"weights"
    folder = engine.settings.directory("models") / "checkpoints" / "sub"
    folder.mkdir(parents=True)
    (folder / "Nice_Model.safetensors").write_bytes(content)
    text = "a cat\nSteps: 20, Sampler: Euler a, Seed: 7, Size: 512x512, Model: nice_model"
    picture = write_png(tmp_path / "a.png", parameters=text)
    assert engine.load(picture).nodes["1"].inputs == {"ckpt_name": "sub/Nice_Model.safetensors"}
    digest = hashlib.sha256(content).hexdigest()[:10]
    picture = write_png(tmp_path / "b.png", parameters=text.replace("Model: nice_model", f"Model hash: {digest}"))
    assert "ckpt_name" not in engine.load(picture).nodes["1"].inputs  # nobody has computed it yet
    open_hashes(engine.settings).sha256(folder / "Nice_Model.safetensors")
    assert Engine(engine.settings, registry=tiny.REGISTRY).load(picture).nodes["1"].inputs == {
        "ckpt_name": "sub/Nice_Model.safetensors"
    }


@pytest.mark.parametrize("name", ["missing.json", ".", "no/such/folder.json", "nul\0.json"])
def test_files_that_cannot_be_read(name: str, engine: Engine, tmp_path: Path):
    with pytest.raises(FileError):
        engine.load(str(tmp_path / name) if name != "." else tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_named_pipe_does_not_hang(engine: Engine, tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(FileError):
        engine.load(tmp_path / "pipe.json")


# -- running -------------------------------------------------------------------------------------------------------


def test_inputs_targets_and_outputs(engine: Engine):
    workflow = engine.load(GRAPH)
    assert engine.run(workflow).ui == {"show": {"text": ["6"]}}
    assert engine.run(workflow, inputs={"v.value": "5", "Sum.bias": 1}).ui == {"show": {"text": ["16"]}}
    assert engine.run(workflow, targets=["s", "v"]).outputs == {"v": (2,), "s": (6,)}
    assert engine.set_inputs(workflow, {"v.value": "5"}).nodes["v"].inputs["value"] == 5
    assert workflow.nodes["v"].inputs["value"] == 2


def test_what_cannot_run_is_refused_with_every_error(engine: Engine):
    document = graph(a=("Value", {"value": "x"}), b=("Nothing", {}), show=("Show", {"source": "@a"}))
    with pytest.raises(ValidationError) as caught:
        engine.run(engine.load(document))
    assert {error.node_id for error in caught.value.errors} == {"a", "b"}
    checked = engine.validate(engine.load(document))
    assert len(checked.errors) == 2
    with pytest.raises(WorkflowError, match="no node 'zzz'"):
        engine.run(engine.load(GRAPH), inputs={"zzz.value": 1})
    with pytest.raises(ValidationError):
        engine.run(Workflow())


def test_results_are_shared_across_workflow_files(engine: Engine, tmp_path: Path):
    engine.run(engine.load(GRAPH))
    other = graph(
        x=("Value", {"value": 2}), y=("Sum", {"a": "@x"}), z=("Sum", {"a": "@y"}), e=("Show", {"source": "@z"})
    )
    result = engine.run(engine.load(other))
    assert result.cached == {"x", "y"}
    assert result.executed == ("z", "e")
    engine.free_memory()
    assert engine.run(engine.load(other)).cached == frozenset()


def test_object_info_and_registry(engine: Engine):
    assert engine.object_info("Value")["output"] == ["INT"]
    with pytest.raises(WorkflowError, match="Value"):
        engine.object_info("Valu")
    assert Engine(node_packages=("tests.engine.execution.tiny",)).registry.get("Value") is tiny.value


def test_the_choices_of_model_files_come_from_the_settings(tmp_path: Path):
    (tmp_path / "models" / "vae").mkdir(parents=True)
    (tmp_path / "models" / "vae" / "x.safetensors").touch()
    engine = Engine(Settings(base_directory=tmp_path), registry=tiny.REGISTRY)
    files = engine._files()
    assert files("vae") == ["x.safetensors"]
    (tmp_path / "models" / "vae" / "y.safetensors").touch()
    assert files("vae") == ["x.safetensors"]  # listed once for each use
    assert len(engine._files()("vae")) == 2


# -- several engines, several threads ------------------------------------------------------------------------------


def test_two_engines_in_two_threads_know_nothing_of_each_other(tmp_path: Path):
    meet = threading.Barrier(2, timeout=60)  # both runs are in progress at the same time

    def wait() -> int:
        meet.wait()
        return 1

    definition = NodeDef("Meet", "", "", (), tiny.value.outputs, wait)
    engines = [Engine(Settings(device="cpu"), registry=Registry([*tiny.REGISTRY, definition])) for _ in range(2)]
    results: dict[int, Any] = {}

    def work(index: int) -> None:
        document = graph(m=("Meet", {}), v=("Value", {"value": index}), s=("Sum", {"a": "@m", "b": "@v"}))
        results[index] = engines[index].run(engines[index].load(document), targets=["s"])

    threads = [threading.Thread(target=work, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert [results[index].outputs["s"] for index in range(2)] == [(3,), (8,)]
    assert engines[0].cache is not engines[1].cache
    assert engines[0].pool is not engines[1].pool
    assert not results[1].cached


def test_one_engine_runs_one_workflow_at_a_time():
    running = threading.Semaphore(1)

    def work() -> int:
        assert running.acquire(blocking=False)
        running.release()
        return 1

    definition = NodeDef("Work", "", "", (), tiny.value.outputs, work, per_node=True)
    engine = Engine(registry=Registry([*tiny.REGISTRY, definition]))
    finished: list[str] = []

    def run(name: str) -> None:
        for index in range(5):
            node_id = f"{name} {index}"
            finished.extend(engine.run(Workflow({node_id: Node(node_id, "Work")}), targets=[node_id]).executed)

    threads = [threading.Thread(target=run, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(finished) == [f"{name} {index}" for name in "abcd" for index in range(5)]


def test_a_node_cannot_start_a_run_on_its_own_engine():
    engines: list[Engine] = []

    def nest() -> Any:
        with pytest.raises(EngineError, match="running a workflow already"):
            engines[0].run(engines[0].load(GRAPH))
        return 1

    engine = Engine(registry=Registry([*tiny.REGISTRY, NodeDef("Nest", "", "", (), tiny.value.outputs, nest)]))
    engines.append(engine)
    assert engine.run(engine.load(graph(n=("Nest", {}))), targets=["n"]).outputs == {"n": (1,)}


def test_a_run_can_be_interrupted_before_it_has_begun(engine: Engine):
    stopped = threading.Event()
    stopped.set()
    with pytest.raises(Interrupted):
        engine.run(engine.load(GRAPH), interrupted=stopped)
    assert engine.run(engine.load(GRAPH), interrupted=threading.Event()).executed


def test_outputs_can_be_forgotten_and_kept(engine: Engine):
    engine.run(engine.load(GRAPH))
    engine.free_memory(forget_outputs=False)
    assert len(engine.cache)
    engine.free_memory(unload_models=False)
    assert not len(engine.cache)


def test_interrupt_from_another_thread_concerns_only_the_run_in_progress(engine: Engine):
    engine.interrupt()  # nothing runs: nothing happens
    started = threading.Event()

    def watch(event: Event) -> None:
        if isinstance(event, NodeStarted):
            started.set()

    def stop() -> None:
        started.wait(60)
        engine.interrupt()

    thread = threading.Thread(target=stop)
    thread.start()
    with pytest.raises(Interrupted):
        engine.run(engine.load(graph(n=("Never", {}))), targets=["n"], on_event=watch)
    thread.join(60)
    assert engine.run(engine.load(GRAPH)).ui == {"show": {"text": ["6"]}}
