"""Messages to existing clients: their shapes, their order, and how much is sent."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from engine.jobs.events import (
    ErrorRecord,
    Event,
    JobCancelled,
    JobEvent,
    JobFailed,
    JobQueued,
    JobStarted,
    JobSucceeded,
    NodeBlocked,
    NodeFinished,
    NodeProgress,
    NodesCached,
    NodeStarted,
    NodeText,
)
from engine.jobs.job import Job
from engine.server import protocol
from engine.server.protocol import Message, Translator
from engine.workers.messages import Preview
from engine.workers.notices import RunSnapshot

_JOB = Job(id="j", state="running", number=1, position=1, client_id="c", created_at=1.0)


def _translate(*events: Event, translator: Translator | None = None) -> list[Message]:
    translator = translator or Translator()
    return [
        message
        for seq, event in enumerate(events)
        for message in translator.translate(JobEvent(seq, "j", "c", 12.5, event))
    ]


def _names(messages: list[Message]) -> list[str]:
    return [message.name for message in messages]


def _payload(data: bytes) -> bytes:
    """The payload of a frame from the server."""
    return data[2 if data[1] < 126 else 4 if data[1] == 126 else 10 :]


def _run(count: int) -> list[Event]:
    events: list[Event] = [JobStarted(0), NodesCached(())]
    for place in range(count):
        node = str(place)
        events += [NodeStarted(node, "T", node), NodeFinished(node, "T", node, 0.1)]
    return [*events, JobSucceeded(1.0)]


def test_the_order_of_a_normal_run() -> None:
    messages = _translate(
        JobStarted(0),
        NodesCached(()),
        NodeStarted("3", "KSampler", "3"),
        NodeProgress("3", "3", 1.0, 2.0),
        NodeFinished("3", "KSampler", "3", 0.5),
        NodeStarted("9", "SaveImage", "9"),
        NodeFinished("9", "SaveImage", "9", 0.5, {"images": [{"filename": "a.png"}]}),
        JobSucceeded(1.0),
    )
    assert _names(messages) == [
        "execution_start",
        "execution_cached",
        "progress_state",
        "executing",
        "progress_state",
        "progress",
        "progress_state",
        "progress_state",
        "executing",
        "executed",
        "progress_state",
        "execution_success",
    ]
    states = [message.data["nodes"] for message in messages if message.name == "progress_state"]
    assert [state["3"]["state"] for state in states[:3]] == ["running", "running", "finished"]
    assert states[1]["3"] == {
        "value": 1,
        "max": 2,
        "state": "running",
        "node_id": "3",
        "prompt_id": "j",
        "display_node_id": "3",
        "parent_node_id": None,
        "real_node_id": "3",
    }
    assert states[2]["3"]["value"] == states[2]["3"]["max"] == 2
    executed = next(message for message in messages if message.name == "executed")
    assert executed.data == {
        "node": "9",
        "display_node": "9",
        "output": {"images": [{"filename": "a.png"}]},
        "prompt_id": "j",
    }
    assert messages[0].data == {"prompt_id": "j", "timestamp": 12500}
    assert messages[1].data == {"nodes": [], "prompt_id": "j", "timestamp": 12500}
    assert not any(message.is_for_all for message in messages)


def test_a_cached_run_executes_nothing() -> None:
    messages = _translate(
        JobStarted(0),
        NodesCached(("1", "2")),
        NodeFinished("2", "Show", "2", 0.0, {"text": ["x"]}, cached=True),
        JobSucceeded(0.1),
    )
    assert _names(messages) == (
        ["execution_start", "execution_cached", "executed", "progress_state", "execution_success"]
    )
    assert messages[1].data["nodes"] == ["1", "2"]


def test_cached_nodes_that_come_in_parts_are_one_message() -> None:
    messages = _translate(
        JobStarted(0),
        NodesCached(("1", "2"), continues=True),
        JobStarted(0),  # it was put back, and begins anew
        NodesCached(("3",), continues=True),
        NodesCached(("4",), continues=True),
        NodesCached(("5",)),
        NodesCached(("6",)),
    )
    assert _names(messages) == ["execution_start", "execution_start", "execution_cached", "execution_cached"]
    assert [message.data["nodes"] for message in messages[2:]] == [["3", "4", "5"], ["6"]]


def test_a_failure_tells_where_and_only_on_request_where_in_our_code() -> None:
    error = ErrorRecord(
        type="node_failed",
        message="Node '3': no.",
        node_id="3",
        node_type="KSampler",
        exception_type="ValueError",
        traceback=("at /home/x/engine.py",),
        inputs={"seed": "7"},
    )
    for shows in (False, True):
        messages = _translate(
            JobStarted(0),
            NodeStarted("3", "K", "3"),
            JobFailed(error, ("1",)),
            translator=Translator(shows_internals=shows),
        )
        assert messages[-1].name == "execution_error"
        assert messages[-1].data == {
            "prompt_id": "j",
            "node_id": "3",
            "node_type": "KSampler",
            "executed": ["1"],
            "exception_message": "Node '3': no.",
            "exception_type": "ValueError",
            "traceback": ["at /home/x/engine.py"] if shows else [],
            "current_inputs": {"seed": ["7"]},
            "current_outputs": ["1"],
            "timestamp": 12500,
        }


def test_everybody_hears_of_an_interrupted_run_and_nobody_of_one_that_never_began() -> None:
    ended = JobCancelled("3", "KSampler", ("1",))
    (message,) = _translate(JobStarted(0), ended)[1:]
    assert message.name == "execution_interrupted"
    assert message.is_for_all
    assert message.data["executed"] == ["1"]
    assert _translate(JobQueued(), JobCancelled()) == []
    assert _translate(JobStarted(0), JobQueued(1), JobCancelled())[1:] == []


def test_a_blocked_node_is_an_error_of_a_run_that_goes_on() -> None:
    messages = _translate(JobStarted(0), NodeBlocked("9", "Save", "9", "no image"), JobSucceeded(1.0))
    assert _names(messages) == ["execution_start", "execution_error", "execution_success"]
    assert messages[1].data["exception_type"] == "ExecutionBlocked"
    assert messages[1].data["traceback"] == []


def test_nodes_of_an_expansion_are_shown_at_their_parent() -> None:
    started, state = _translate(JobStarted(0), NodeStarted("5.0.1", "T", "5", "5"))[1:][::-1]
    assert started.data == {"node": "5.0.1", "display_node": "5", "prompt_id": "j"}
    entry = state.data["nodes"]["5.0.1"]
    assert (entry["display_node_id"], entry["parent_node_id"], entry["real_node_id"]) == ("5", "5", "5.0.1")


@given(st.integers(0, 40))
def test_what_is_sent_grows_with_the_graph_not_with_its_square(count: int) -> None:
    entries = [len(message.data["nodes"]) for message in _translate(*_run(count)) if message.name == "progress_state"]
    assert sum(entries) == 2 * count


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["start", "progress", "finish"])), max_size=60))
def test_a_client_that_replaces_its_map_knows_what_runs_and_one_that_merges_what_finished(
    steps: list[tuple[int, str]],
) -> None:
    translator = Translator()
    _translate(JobStarted(0), translator=translator)
    running: set[str] = set()
    finished: set[str] = set()
    replaced: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for place, step in steps:
        node = str(place)
        if step == "start":
            event: Event = NodeStarted(node, "T", node)
            running.add(node)
            finished.discard(node)
        elif node not in running:
            continue
        elif step == "progress":
            event = NodeProgress(node, node, 1, 3)
        else:
            event = NodeFinished(node, "T", node, 0.0)
            running.discard(node)
            finished.add(node)
        for message in _translate(event, translator=translator):
            if message.name == "progress_state":
                replaced = dict(message.data["nodes"])
                merged.update(message.data["nodes"])
        assert {name for name, entry in replaced.items() if entry["state"] == "running"} == running
        assert {name for name, entry in merged.items() if entry["state"] == "running"} == running
        assert {name for name, entry in merged.items() if entry["state"] == "finished"} == finished


def test_who_comes_late_hears_what_runs_and_how_far_it_is() -> None:
    snapshot = RunSnapshot(
        _JOB, 0, 5, running=(NodeStarted("3", "K", "3"),), progress={"3": NodeProgress("3", "3", 4.0, 20.0)}
    )
    messages = protocol.describe_run(snapshot)
    assert _names(messages) == ["progress_state", "executing", "progress"]
    assert messages[0].data["nodes"]["3"]["value"] == 4
    assert messages[1].data == {"node": "3", "display_node": "3", "prompt_id": "j"}
    assert protocol.describe_run(RunSnapshot(_JOB, 0, 5)) == []


# -- binary ----------------------------------------------------------------------------------------------------------


def _preview(media_type: str = "image/jpeg") -> Preview:
    return Preview(job_id="j", node_id="3", display_id="3", parent_id=None, media_type=media_type, data=b"picture")


def test_pictures_without_metadata() -> None:
    assert _payload(protocol.frame_preview(_preview())) == bytes.fromhex("0000000100000001") + b"picture"
    assert _payload(protocol.frame_preview(_preview("image/png"))) == bytes.fromhex("0000000100000002") + b"picture"
    # There is no code for WebP: who can be told nothing else gets the same as JPEG, or nothing.
    webp = msgspec.structs.replace(_preview("image/webp"), jpeg=b"as jpeg")
    assert _payload(protocol.frame_preview(webp)) == bytes.fromhex("0000000100000001") + b"as jpeg"
    assert protocol.frame_preview(_preview("image/webp")) == b""


def test_pictures_with_metadata() -> None:
    payload = _payload(protocol.frame_preview_with_metadata(_preview("image/webp")))
    assert payload[:4] == bytes.fromhex("00000004")
    size = int.from_bytes(payload[4:8], "big")
    assert json.loads(payload[8 : 8 + size]) == {
        "node_id": "3",
        "prompt_id": "j",
        "display_node_id": "3",
        "parent_node_id": None,
        "real_node_id": "3",
        "image_type": "image/webp",
    }
    assert payload[8 + size :] == b"picture"


def test_texts_of_nodes() -> None:
    payload = _payload(protocol.frame_node_text(NodeText("3ä", "half done ✓")))
    size = int.from_bytes(payload[4:8], "big")
    assert payload[:4] == bytes.fromhex("00000003")
    assert payload[8 : 8 + size].decode() == "3ä"
    assert payload[8 + size :].decode() == "half done ✓"
