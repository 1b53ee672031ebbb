from __future__ import annotations

import torch

from engine.models.attention import Attention, attention


def test_equals_the_formula() -> None:
    q, k, v = torch.randn(2, 5, 12), torch.randn(2, 7, 12), torch.randn(2, 7, 12)
    expected = torch.empty(2, 5, 12)
    for head in range(3):
        part = slice(4 * head, 4 * head + 4)
        scores = q[..., part] @ k[..., part].transpose(1, 2) / 4**0.5
        expected[..., part] = scores.softmax(dim=-1) @ v[..., part]
    torch.testing.assert_close(attention(q, k, v, heads=3), expected)


def test_mask_hides_keys() -> None:
    q, k, v = torch.randn(1, 4, 8), torch.randn(1, 6, 8), torch.randn(1, 6, 8)
    seen = torch.tensor([True, True, True, False, False, False])
    masked = attention(q, k, v, heads=2, mask=seen.expand(1, 2, 4, 6))
    torch.testing.assert_close(masked, attention(q, k[:, :3], v[:, :3], heads=2))


def test_order_of_the_context_does_not_matter() -> None:
    layer = Attention(16, context_dim=10, heads=4)
    x, context = torch.randn(2, 3, 16), torch.randn(2, 9, 10)
    torch.testing.assert_close(layer(x, context), layer(x, context.flip(1)))
