"""Google-style docstrings, as far as nodes use them."""

from __future__ import annotations

from engine.graph.docstring import Docstring, parse_docstring


def test_the_parts_of_a_docstring() -> None:
    parsed = parse_docstring(
        """Denoise a latent
        under conditioning.

        A second paragraph: not help.

        Args:
            model: The model
                that works: hard.
            seed (int): A number.

        Returns:
            The latent,
            denoised.

        Raises:
            ValueError: never.
        """
    )
    assert parsed == Docstring(
        description="Denoise a latent under conditioning.",
        arguments={"model": "The model that works: hard.", "seed": "A number."},
        returns="The latent, denoised.",
    )


def test_several_outputs_may_be_described_by_name() -> None:
    assert parse_docstring("X.\n\nReturns:\n    image: One.\n    mask: Two.").returned == {
        "image": "One.",
        "mask": "Two.",
    }


def test_attributes_are_read_like_arguments() -> None:
    assert parse_docstring("X.\n\nAttributes:\n    a: One.").arguments == {"a": "One."}


def test_no_docstring() -> None:
    assert parse_docstring(None) == parse_docstring("") == Docstring()
