"""The captions of the evaluation: held out, different, always the same."""

import pytest

from engine.training.evaluate import CAPTION_COUNTS, list_cases
from engine.training.scenes import is_for_training, is_held_out


@pytest.mark.parametrize("family", CAPTION_COUNTS)
def test_cases_are_held_out_and_repeatable(family: str):
    cases = list_cases(family, CAPTION_COUNTS[family])
    assert cases == list_cases(family, CAPTION_COUNTS[family])
    assert len({case.caption for case in cases}) == len({case.seed for case in cases}) == CAPTION_COUNTS[family]
    for case in cases:
        assert not is_for_training(case.scene)
        for group in case.scene.groups:
            assert is_held_out(group.kind, group.colour, case.scene.ground)
