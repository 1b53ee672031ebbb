from __future__ import annotations

import threading

import torch

from engine.errors import EngineError
from engine.execution.events import (
    Event,
    NodeBlocked,
    NodeFailed,
    NodeFinished,
    NodesCached,
    NodeStarted,
    Preview,
    Progress,
    RunFinished,
    RunStarted,
)
from engine.execution.reporter import Reporter
from engine.execution.summaries import ValueSummary
from engine.graph.workflow import Node
from engine.runtime import Engine
from tests.engine.execution.tiny import graph

NODE = Node("a", "T")


def test_ephemeral_nodes_are_shown_at_the_node_of_the_workflow():
    events: list[Event] = []
    reporter = Reporter("run", events.append)
    reporter.place(["a.0.0.x", "a.0.0.y"], "a", {"a.0.0.y": "b"})
    reporter.place(["a.0.0.x.0.0.z"], "a.0.0.x", {})
    for node_id in ("a", "a.0.0.x", "a.0.0.y", "a.0.0.x.0.0.z"):
        reporter.started(Node(node_id, "T"))
    assert events == [
        NodeStarted("a", "T", "a"),
        NodeStarted("a.0.0.x", "T", "a", "a"),
        NodeStarted("a.0.0.y", "T", "b", "a"),
        NodeStarted("a.0.0.x.0.0.z", "T", "a", "a.0.0.x"),
    ]


def test_every_event_carries_what_was_told():
    events: list[Event] = []
    reporter, error, image = Reporter("run", events.append), EngineError("x"), torch.zeros(1)
    reporter.run_started(3)
    reporter.cached(iter(["x", "y"]))
    reporter.progress(NODE, 1, 4)
    reporter.preview(NODE, image)
    reporter.finished(NODE, {"text": ["t"]}, 0.5)
    reporter.blocked(NODE, "why")
    reporter.failed(NODE, error)
    reporter.run_finished("failed", 2.0, "a")
    kinds = [RunStarted, NodesCached, Progress, Preview, NodeFinished, NodeBlocked, NodeFailed, RunFinished]
    assert [type(event) for event in events] == kinds
    assert events[:3] == [RunStarted("run", 3), NodesCached(("x", "y")), Progress("a", "a", 1, 4)]
    assert events[4:6] == [NodeFinished("a", "T", "a", {"text": ["t"]}, 0.5), NodeBlocked("a", "T", "a", "why")]
    assert isinstance(events[3], Preview)
    assert events[3].image is image
    assert isinstance(events[6], NodeFailed)
    assert events[6].error is error
    assert events[7] == RunFinished("run", "failed", 2.0, "a")


def test_events_never_overlap():
    inside = threading.Lock()
    overlaps: list[bool] = []

    def watch(event: Event) -> None:
        overlaps.append(not inside.acquire(blocking=False))
        inside.release()

    reporter = Reporter("run", watch)
    threads = [threading.Thread(target=lambda: [reporter.progress(NODE, i, 9) for i in range(300)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(overlaps) == 1200
    assert not any(overlaps)


def test_a_run_tells_in_the_order_of_the_protocol(engine: Engine):
    events: list[Event] = []
    document = graph(v=("Value", {"value": 2}), s=("Steps", {"preview": True}), x=("Sum", {"a": "@v", "b": "@s"}))
    document |= graph(show=("Show", {"source": "@x"}))
    engine.run(engine.load(document), on_event=events.append, run_id="r")
    told = [(type(event).__name__, getattr(event, "node_id", None)) for event in events]
    assert told == [
        ("RunStarted", None),
        ("NodesCached", None),
        ("NodeStarted", "v"),
        ("NodeFinished", "v"),
        ("NodeStarted", "s"),
        *[("Progress", "s"), ("Preview", "s")] * 3,
        ("NodeFinished", "s"),
        ("NodeStarted", "x"),
        ("NodeFinished", "x"),
        ("NodeStarted", "show"),
        ("NodeFinished", "show"),
        ("RunFinished", None),
    ]
    assert events[0] == RunStarted("r", 4)
    events.clear()
    engine.run(engine.load(document), on_event=events.append, run_id="again")
    one = (ValueSummary(1, "21"),)
    cached = {"v": (ValueSummary(1, "2"),), "s": (ValueSummary(1, "3"),), "x": one, "show": ()}
    assert events[:2] == [RunStarted("again", 4), NodesCached(("v", "s", "x", "show"), cached)]
    replayed = events[2]
    assert isinstance(replayed, NodeFinished)
    assert (replayed.node_id, replayed.ui, replayed.cached) == ("show", {"text": ["21"]}, True)
    assert [type(event) for event in events[3:]] == [RunFinished]
