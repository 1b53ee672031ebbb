"""A benchmark that checks says whether promises were kept, by its exit status."""

from __future__ import annotations

import math
from types import ModuleType

import pytest

from benchmarks import __main__ as program
from benchmarks import reliability, server
from benchmarks._promises import PROMISES, Check, growth


@pytest.mark.parametrize("name", PROMISES)
def test_each_promise_is_missed_just_beyond_its_limit(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    what, most = PROMISES[name]
    for figure, status in ((most, 0), (math.nextafter(most, math.inf), 1), (math.nan, 1)):
        check = Check()
        check.take(name, figure)
        assert check.conclude() == status
        assert check.missed() == [what] * status
        said = capsys.readouterr().out
        assert what in said
        assert ("MISSED" in said, "kept" in said) == (status == 1, status == 0)


def test_the_worst_figure_counts_and_what_was_not_measured_does_not() -> None:
    for figures in ((1, 60, 2), (60, 1), (math.nan, 1)):
        check = Check()
        for figure in figures:
            check.take("blocking", figure)
        assert check.missed() == [PROMISES["blocking"].what]
    assert Check().conclude() == 0
    with pytest.raises(KeyError):
        Check().take("anything", 1)


def test_growth_leaves_the_warm_up_out() -> None:
    assert growth([1, 5, 9, 10, 10, 10, 10, 10, 10]) == 1
    assert growth([10, 10, 10, 10, 10, 10, 11, 12, 13]) == 1.2
    assert growth([1, 2, 4]) == 2
    assert math.isnan(growth([1, 2]))


@pytest.mark.parametrize("module", [server, reliability])
def test_only_who_asks_for_a_check_is_told_by_the_exit_status(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measure(_: object, check: Check) -> None:
        check.take("start", 2.0)

    monkeypatch.setattr(module, "measure", measure)
    name = module.__name__.rpartition(".")[2]
    assert program.main([name]) == 0
    assert program.main([name, "--check"]) == 1


def test_what_is_no_benchmark_is_not_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main([]) == 0
    said = capsys.readouterr().err
    assert "reliability" in said
    assert "_promises" not in said
