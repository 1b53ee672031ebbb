from __future__ import annotations

import pytest

from benchmarks import engine_overhead
from benchmarks.__main__ import main


def test_the_benchmark_measures_every_shape(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine_overhead.gc, "collect", lambda: 0)  # in a process that knows all tests, it takes long
    assert main(["engine_overhead", "--nodes", "10", "--seconds", "0"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[2:]]
    assert [row[:2] for row in rows] == [["chain", "10"], ["fan", "10"]]
    assert all(float(row[2]) > 0 for row in rows)


def test_benchmarks_are_listed(capsys: pytest.CaptureFixture[str]):
    assert main([]) == 0
    assert f"engine_overhead      {engine_overhead.SUMMARY}" in capsys.readouterr().err
    assert main(["nothing"]) == 2
