"""The environment of workers."""

from __future__ import annotations

from engine.workers.environment import make_environment


def test_threads_wait_passively_unless_the_user_says_otherwise() -> None:
    assert make_environment({})["OMP_WAIT_POLICY"] == "passive"
    assert "OMP_WAIT_POLICY" not in make_environment({"OMP_WAIT_POLICY": "active"})


def test_workers_share_the_cores() -> None:
    assert "OMP_NUM_THREADS" not in make_environment({}, cores=8)
    assert make_environment({}, workers_on_processor=3, cores=8)["OMP_NUM_THREADS"] == "2"
    assert make_environment({}, workers_on_processor=20, cores=8)["OMP_NUM_THREADS"] == "1"
    assert "OMP_NUM_THREADS" not in make_environment({"OMP_NUM_THREADS": "4"}, workers_on_processor=3, cores=8)
