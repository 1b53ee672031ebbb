"""The worker: whatever a node does that Python can see is the failure of one run; it never outlives its server."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from engine.graph.declaration import read_declaration, write_declaration
from engine.graph.registry import Registry
from engine.jobs.events import NodeFinished, NodeProgress, NodesCached, NodeStarted
from engine.settings import Settings
from engine.workers.messages import (
    AskMemory,
    AskValidate,
    Configure,
    FreeMemory,
    InterruptRun,
    MemoryReport,
    Ready,
    RunJob,
    RunRecorded,
    StartFailed,
    Stop,
    Validation,
)
from engine.workers.process import BAD_START, SERVER_GONE, SET_UP_FAILED, STOPPED, read_settings, write_settings
from tests.engine.workers.driven import PATIENCE_S, ROOT, Driven, Graph, node_of

GIB = 2**30
GOOD: Graph = {"1": node_of("Good", text="fine", seed=7)}


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driven]:
    """One worker for all tests that it survives, which is a test in itself."""
    driven = Driven(tmp_path_factory.mktemp("worker"))
    yield driven
    driven.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Driven]]:
    """Starts workers that may end."""
    started: list[Driven] = []

    def begin(**configuration: Any) -> Driven:
        started.append(Driven(tmp_path, **configuration))
        return started[-1]

    yield begin
    for driven in started:
        driven.close()


def _assert_works(worker: Driven) -> None:
    ended = worker.run(GOOD)
    assert (ended.state, ended.error) == ("succeeded", None)
    (finished,) = worker.events(NodeFinished)
    assert finished.ui == {"text": ["fine", 7]}


# -- starting --------------------------------------------------------------------------------------------------------


def test_it_says_what_it_can_do(worker: Driven) -> None:
    registry = Registry.collect("tests.engine.workers.rogues")
    assert [read_declaration(each).type for each in worker.ready.declarations] == [each.type for each in registry]
    assert list(worker.ready.declarations) == [write_declaration(each) for each in registry]
    assert worker.ready.devices[0].type == "cpu"
    assert 0 < worker.ready.devices[0].memory_free <= worker.ready.devices[0].memory_total
    assert {"skein", "python", "torch"} <= worker.ready.versions.keys()


def test_without_a_secret_it_does_not_start() -> None:
    command = [sys.executable, "-m", "engine.workers.process", "--port", "1"]
    ended = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S)
    assert ended.returncode == BAD_START
    assert b"secret" in ended.stderr


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import sys; sys.exit(5)", "SystemExit: 5"),
        ("raise ValueError('no good')", "ValueError: no good"),
        ("class Odd(BaseException): pass\nraise Odd", "Odd"),
        ("import nothing_of_this_name", "No module named 'nothing_of_this_name'"),
    ],
)
def test_what_fails_at_import_is_told(
    tmp_path: Path, start: Callable[..., Driven], monkeypatch: pytest.MonkeyPatch, source: str, said: str
) -> None:
    (tmp_path / "pack_that_fails.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    worker = start(node_packages=("pack_that_fails",))
    assert isinstance(worker.first, StartFailed)
    assert said in worker.first.error.message
    assert worker.wait() == SET_UP_FAILED


def test_a_device_that_is_not_there_is_told(start: Callable[..., Driven]) -> None:
    worker = start(settings={"device": "cuda:99"})
    assert isinstance(worker.first, StartFailed)
    assert "There is no device 'cuda:99'" in worker.first.error.message
    assert worker.wait() == SET_UP_FAILED


def test_settings_cross_as_they_are() -> None:
    settings = Settings(
        base_directory=Path("/a"),
        output_directory=Path("b"),
        extra_model_directories={"vae": (Path("/c"), Path("/d"))},
        pack_directories=(Path("/e"),),
        cache_bytes=5,
        dtype="bfloat16",
    )
    assert read_settings(json.loads(json.dumps(write_settings(settings)))) == settings


# -- runs ------------------------------------------------------------------------------------------------------------


def test_a_run_is_told_in_order(worker: Driven) -> None:
    graph = {"a": node_of("Make", size=8), "b": node_of("Keep", image=["a", 0])}
    ended = worker.run(graph)
    assert ended.state == "succeeded"
    assert ended.executed == ("a", "b")
    kinds = [type(event) for event in worker.events(object)]
    assert kinds == [NodesCached, NodeStarted, NodeFinished, NodeStarted, NodeFinished]
    assert ended.record is not None
    assert ended.record.device == "cpu"
    again = worker.run(graph)
    assert (again.state, again.executed) == ("succeeded", ())
    assert set(worker.events(NodesCached)[0].node_ids) == {"a", "b"}


def test_seeds_are_in_the_record_and_what_came_along_may_hold_any_number(worker: Driven) -> None:
    ended = worker.run(
        {"1": node_of("Good", seed=123)}, extra_data=b'{"extra_pnginfo": {"workflow": {"n": 1%s}}}' % (b"0" * 60)
    )
    assert ended.record is not None
    assert ended.record.seeds == {"1.seed": 123}


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("exit", "SystemExit: enough"),
        ("interrupt", "KeyboardInterrupt"),
        ("base", "OddError: odd"),
        ("generator exit", "GeneratorExit"),
        ("mute", "MuteError: its text cannot be shown"),
        ("long", "ValueError: xxx"),
        ("surrogate", "half \\ud800 a pair"),
        ("recursion", "RecursionError"),
        ("stop iteration", "StopIteration"),
        ("input", "EOFError"),
        ("", "what: this cannot be used"),
    ],
)
def test_whatever_a_node_raises_fails_its_run(worker: Driven, what: str, said: str) -> None:
    ended = worker.run({"1": node_of("Good", text=what), "2": node_of("Raise", what=what)}, targets=["1", "2"])
    assert ended.state == "failed"
    assert ended.error is not None
    assert said in ended.error.message
    assert "'2' (Raise)" in ended.error.message
    assert (ended.error.type, ended.error.node_id, ended.error.node_type) == ("node_failed", "2", "Raise")
    assert (ended.node_id, ended.node_type, ended.executed) == ("2", "Raise", ("1",))
    assert ended.error.traceback
    assert len(ended.error.message) < 20_000
    _assert_works(worker)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("nan", "is nan, which JSON has no number for"),
        ("bytes", "is bytes, which cannot be written as JSON"),
        ("tensor", "is an object of type Tensor"),
        ("numpy", "is an object of type float32"),
        ("object", "is an object of type object"),
        ("nested", "is nested more than 100 levels deep"),
        ("surrogate", "half a surrogate pair"),
        ("huge", "is more than the 16777216 bytes allowed"),
        ("evil", "is an object of type Evil"),
        ("integer", "more than 64 bits"),
    ],
)
def test_what_cannot_be_shown_fails_the_run(worker: Driven, what: str, said: str) -> None:
    ended = worker.run({"2": node_of("Return", what=what)})
    assert ended.state == "failed"
    assert ended.error is not None
    assert said in ended.error.message
    assert "ui['shown'][1]" in ended.error.message
    assert ended.error.node_id == "2"
    _assert_works(worker)


def test_an_output_that_fails_at_whatever_is_asked_of_it_fails_its_run(worker: Driven) -> None:
    ended = worker.run({"1": node_of("Give", what="evil"), "2": node_of("Take", value=["1", 0])})
    assert ended.state == "failed"
    assert ended.error is not None
    assert ended.error.node_id in ("1", "2")
    _assert_works(worker)


@pytest.mark.parametrize("what", ["exit", "base", "mute", "no"])
def test_a_validator_that_does_more_than_it_should(worker: Driven, what: str) -> None:
    graph = {"1": node_of("Checked", what=what)}
    worker.send(AskValidate(5, json.dumps(graph).encode()))
    answer = worker.receive()
    assert isinstance(answer, Validation)
    assert answer.request_id == 5
    assert answer.failure is not None or answer.refused == ("1",)
    ended = worker.run(graph)
    assert ended.state == "failed"
    _assert_works(worker)


@pytest.mark.parametrize("what", ["exit", "base", "evil", "odd"])
def test_a_fingerprint_that_does_more_than_it_should(worker: Driven, what: str) -> None:
    worker.run({"1": node_of("Stamped", what=what)})
    _assert_works(worker)


@pytest.mark.parametrize(
    ("graph", "kind"),
    [
        (b"", "invalid_prompt"),
        (b"[]", "invalid_prompt"),
        (b'{"1": {"class_type": "Nothing", "inputs": {}}}', "missing_node_type"),
        (b'{"1": {"class_type": "Keep", "inputs": {}}}', "prompt_outputs_failed_validation"),
        (b'{"\\ud800": {"class_type": "Good", "inputs": {}}, "1": {"class_type": "Good"}}', "invalid_prompt"),
        (b'{"2": {"class_type": "Good"}}', "invalid_prompt"),
        (b"[" * 100_000, "invalid_prompt"),
        (b'{"1": ' + b"9" * 5_000 + b"}", "invalid_prompt"),
    ],
)
def test_what_is_no_workflow_fails_the_run(worker: Driven, graph: bytes, kind: str) -> None:
    worker.send(RunJob("bad", graph, ("1",)))
    ended = worker.wait_for_end("bad")
    assert ended.state == "failed"
    assert ended.error is not None
    assert ended.error.type == kind
    _assert_works(worker)


# -- progress and previews -------------------------------------------------------------------------------------------


def test_a_node_that_tells_too_much_is_told_in_short(worker: Driven) -> None:
    ended = worker.run({"1": node_of("Count", steps=200_000)})
    told: list[NodeProgress] = worker.events(NodeProgress)
    assert told[0].value == 1
    assert told[-1].value == told[-1].total == 200_000
    assert len(told) <= ended.seconds * 20 + 10
    assert [each.value for each in told] == sorted(each.value for each in told)


def test_what_is_no_progress_is_not_told(worker: Driven) -> None:
    assert worker.run({"1": node_of("Count", steps=1, strange=True)}).state == "succeeded"
    assert [event.value for event in worker.events(NodeProgress)] == [1]


def test_a_thread_that_a_node_left_behind_is_not_heard_after_the_run(worker: Driven) -> None:
    assert worker.run({"1": node_of("Leave")}).state == "succeeded"
    _assert_works(worker)
    assert worker.events(NodeProgress) == []


def test_previews_are_few_and_scaled(worker: Driven) -> None:
    ended = worker.run({"1": node_of("Paint", pictures=100, pause_s=0.005)})
    previews = worker.previews()
    assert 1 <= len(previews) <= ended.seconds * 10 + 2
    for preview in previews:
        assert (preview.media_type, preview.node_id, preview.final) == ("image/jpeg", "1", False)
        image = Image.open(io.BytesIO(preview.data))
        assert (image.format, image.size) == ("JPEG", (512, 256))


def test_what_is_no_picture_is_not_shown(worker: Driven) -> None:
    assert worker.run({"1": node_of("Paint", pictures=0, strange=True)}).state == "succeeded"
    _assert_works(worker)


# -- interrupts and questions while it computes -----------------------------------------------------------------------


def test_an_interrupt_acts_at_the_next_step(worker: Driven) -> None:
    job_id = worker.begin({"1": node_of("Good"), "2": node_of("Count", steps=100_000, pause_s=0.01)}, ["1", "2"])
    worker.send(InterruptRun("another"))
    worker.send(InterruptRun(job_id))
    ended = worker.wait_for_end(job_id)
    assert (ended.state, ended.error) == ("cancelled", None)
    _assert_works(worker)


def test_it_answers_while_it_computes(worker: Driven, tmp_path: Path) -> None:
    assert worker.run({"a": node_of("Make", size=500), "b": node_of("Keep", image=["a", 0])}).state == "succeeded"
    job_id = worker.begin({"1": node_of("Count", steps=100_000, pause_s=0.01)})
    worker.send(AskValidate(1, json.dumps(GOOD | {"2": node_of("Nothing")}).encode(), ("1",)))
    valid = worker.receive()
    assert isinstance(valid, Validation)
    assert (valid.targets, valid.refused) == (("1",), ())
    assert [error.code for error in valid.errors] == ["missing_node_type"]
    worker.send(AskMemory(2))
    memory = worker.receive()
    assert isinstance(memory, MemoryReport)
    assert any(holder.name == "Make" and holder.size_bytes >= 500 * 500 * 3 * 4 for holder in memory.holders)
    assert memory.process_bytes > 0
    worker.send(FreeMemory(unload_models=True, forget_outputs=True))
    worker.send(InterruptRun(job_id))
    assert worker.wait_for_end(job_id).state == "cancelled"
    _assert_works(worker)  # so it has freed what it was to free
    worker.send(AskMemory(3))
    memory = worker.receive()
    assert isinstance(memory, MemoryReport)
    assert not any(holder.name == "Make" for holder in memory.holders)


def test_a_validator_that_never_ends_keeps_nobody(worker: Driven) -> None:
    worker.send(AskValidate(1, json.dumps({"1": node_of("Checked", what="wait")}).encode()))
    _assert_works(worker)
    worker.send(AskValidate(2, json.dumps(GOOD).encode()))
    answer = worker.receive()
    assert isinstance(answer, Validation)
    assert answer.request_id == 2


def test_a_second_configuration_is_ignored(worker: Driven) -> None:
    worker.send(Configure(settings={}, node_packages=()))
    _assert_works(worker)


def test_a_flood_of_words_stops_nobody(worker: Driven) -> None:
    assert worker.run({"1": node_of("Shout", lines=100_000)}).state == "succeeded"
    _assert_works(worker)
    assert len(worker.lines) < 100_000


# -- records ---------------------------------------------------------------------------------------------------------


def test_the_record_names_files_by_their_hash(start: Callable[..., Driven], tmp_path: Path) -> None:
    (tmp_path / "models" / "vae").mkdir(parents=True)
    (tmp_path / "models" / "vae" / "m.pt").write_bytes(b"no model")
    worker = start(node_packages=("tests.engine.workers.rogues", "nodes.loaders"))
    assert isinstance(worker.first, Ready), worker.lines
    ended = worker.run({"1": node_of("VAELoader", vae_name="m.pt"), "2": node_of("Take", value=["1", 0])})
    assert ended.state == "failed"
    record = ended.record
    if record is None:  # it comes later where hashing takes time
        late = worker.receive()
        assert isinstance(late, RunRecorded)
        record = late.record
    (model,) = record.models
    assert (model.folder, model.name, model.size_bytes) == ("vae", "m.pt", 8)
    assert model.sha256 == sha256(b"no model").hexdigest()


# -- ends ------------------------------------------------------------------------------------------------------------


def test_told_to_stop_it_interrupts_and_exits_with_0(start: Callable[..., Driven]) -> None:
    worker = start()
    job_id = worker.begin({"1": node_of("Count", steps=100_000, pause_s=0.01)})
    worker.send(Stop())
    assert worker.wait_for_end(job_id).state == "cancelled"
    assert worker.wait() == STOPPED


def test_told_to_stop_it_does_not_wait_for_the_deaf(start: Callable[..., Driven], tmp_path: Path) -> None:
    worker, flag = start(), tmp_path / "flag"
    worker.begin({"1": node_of("Wait", flag=str(flag))})
    worker.wait_until(flag.exists)
    worker.process.terminate()
    assert worker.wait() == STOPPED


@pytest.mark.parametrize("how", ["sleep", "with the lock"])
def test_when_the_server_has_gone_it_ends_whatever_it_does(
    start: Callable[..., Driven], tmp_path: Path, how: str
) -> None:
    worker, flag = start(), tmp_path / "flag"
    worker.begin({"1": node_of("Wait", flag=str(flag), how=how)})
    worker.wait_until(flag.exists)
    worker.abandon()
    assert worker.wait() in (SERVER_GONE, -signal.SIGIO)


def test_when_the_connection_has_gone_it_ends(start: Callable[..., Driven], tmp_path: Path) -> None:
    worker, flag = start(), tmp_path / "flag"
    worker.begin({"1": node_of("Wait", flag=str(flag))})
    worker.wait_until(flag.exists)
    worker.abandon(keep_stdin=True)
    assert worker.wait() == SERVER_GONE


def test_nonsense_from_the_server_ends_it(start: Callable[..., Driven]) -> None:
    worker = start()
    worker.send(msgspec.Raw(b"\xff"))  # pyright: ignore[reportArgumentType]
    assert worker.wait() == SERVER_GONE


# -- memory ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["at once", "tensor", "bytes", "list"])
def test_who_takes_too_much_memory_fails_and_the_worker_lives(how: str, limited: Driven) -> None:
    ended = limited.run({"1": node_of("Grow", how=how)})
    assert ended.state == "failed"
    assert ended.error is not None
    assert ended.error.type == "out_of_memory"
    assert "there is not enough memory on cpu" in ended.error.message
    assert "--worker-memory-limit: workers may take 1.5 GiB" in ended.error.details
    _assert_works(limited)


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driven]:
    """A worker that may take one and a half GiB."""
    driven = Driven(tmp_path_factory.mktemp("limited"), memory_limit_bytes=3 * GIB // 2)
    yield driven
    driven.close()
