"""A run as its events tell it."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from engine.jobs.events import NodeFinished, NodeProgress, NodesCached, NodeStarted
from engine.jobs.job import Job
from engine.workers.messages import Preview
from engine.workers.run import Run, read_title


def _run() -> Run:
    job = Job(
        id="job",
        state="running",
        number=1.0,
        position=1.0,
        client_id="",
        created_at=0.0,
        started_at=1.0,
    )
    return Run(job, 0, b"{}")


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=20))
def test_what_runs_and_what_is_done_add_up(steps: list[tuple[str, bool]]) -> None:
    run = _run()
    running: list[str] = []
    finished: list[str] = []
    for node_id, begins in steps:
        if begins and node_id not in running and node_id not in finished:
            run.note(NodeStarted(node_id, "Type", node_id))
            running.append(node_id)
        elif not begins and node_id in running:
            run.note(NodeFinished(node_id, "Type", node_id, 0.5, {"text": [node_id]}))
            running.remove(node_id)
            finished.append(node_id)
    snapshot = run.snapshot()
    assert [node.node_id for node in snapshot.running] == running
    assert snapshot.finished == run.executed == tuple(finished)
    assert (run.node.node_id if run.node else None) == (running[-1] if running else None)
    assert run.last_finished == (finished[-1] if finished else None)
    result = run.result()
    assert result.outputs == {node_id: {"text": [node_id]} for node_id in finished}
    assert list(result.nodes) == finished


def test_what_was_cached_is_shown_but_did_not_run() -> None:
    run = _run()
    run.note(NodesCached(("1", "2")))
    run.note(NodesCached(("2", "3")))
    run.note(NodeFinished("2", "Save", "2", 0.0, {"images": []}, cached=True))
    result = run.result()
    assert result.cached == ("1", "2", "3")
    assert result.outputs == {"2": {"images": []}}
    assert result.nodes["2"].cached
    assert run.executed == ()


def test_the_last_word_of_each_node_and_the_last_unfinished_picture_are_kept() -> None:
    run = _run()
    for value in range(3):
        run.note(NodeProgress("1", "1", value, 3))
    for data, is_final in ((b"a", False), (b"b", False), (b"c", True)):
        run.show(
            Preview(
                job_id="job",
                node_id="1",
                display_id="1",
                parent_id=None,
                media_type="image/png",
                data=data,
                final=is_final,
            )
        )
    snapshot = run.snapshot()
    assert snapshot.progress == {"1": NodeProgress("1", "1", 2, 3)}
    assert snapshot.preview is not None
    assert snapshot.preview.data == b"b"


def test_titles_are_found_whatever_stands_there() -> None:
    prompt = {"1": {"_meta": {"title": "mine"}}, "2": {"_meta": []}, "3": None, "4": {"_meta": {"title": 5}}}
    text = json.dumps(prompt).encode()
    assert [read_title(text, node_id) for node_id in "12345"] == ["mine", "", "", "", ""]
    assert [read_title(text, "1") for text in (b"", b"[]", b"{", b"[" * 100_000)] == [""] * 4
