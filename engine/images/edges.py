"""Edges of images, by Canny's method.

Sources: Canny 1986, "A computational approach to edge detection"; Zhang, Azad, Hu 2020, "FastSV" (arXiv:1910.05971)
for connecting edges in a number of rounds that grows with the logarithm of their length.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from engine.images.color import luma
from engine.images.filters import blur_planes

_NEIGHBOURS = ((0, 1), (1, 1), (1, 0), (1, -1))  # (down, right) of the four directions, 45 degrees apart


def find_edges(image: Tensor, low: float, high: float) -> Tensor:
    """Canny edges of `[b, h, w, c]` as `[b, h, w]` of 0 and 1.

    Args:
        image: 0..1.
        low: Gradients from here on count where they are connected to an edge.
        high: Gradients from here on are edges. The gradient is Sobel's, unnormalized: up to 4 along an axis.
    """
    grey = blur_planes(luma(image).unsqueeze(1).float(), radius=2, sigma=0.5)
    down, right = _sobel(grey)
    strength = torch.hypot(down, right)
    thin = strength * _is_ridge(strength, down, right)
    return _keep_connected(thin > low, thin > high).to(image.dtype)


def _sobel(grey: Tensor) -> tuple[Tensor, Tensor]:
    slope = torch.tensor([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]], device=grey.device)
    kernels = torch.stack([slope, slope.T]).unsqueeze(1)
    down, right = functional.conv2d(functional.pad(grey, (1, 1, 1, 1), "replicate"), kernels).unbind(1)
    return down, right


def _is_ridge(strength: Tensor, down: Tensor, right: Tensor) -> Tensor:
    """Where the gradient is strongest along its own direction. Of two equal neighbours the first one is."""
    direction = (torch.atan2(down, right) * (4 / torch.pi)).round().long() % 4
    h, w = strength.shape[1:]
    padded = functional.pad(strength, (1, 1, 1, 1))
    ridge = torch.zeros_like(strength, dtype=torch.bool)
    for index, (dy, dx) in enumerate(_NEIGHBOURS):
        ahead = padded[:, 1 + dy : 1 + dy + h, 1 + dx : 1 + dx + w]
        behind = padded[:, 1 - dy : 1 - dy + h, 1 - dx : 1 - dx + w]
        ridge |= (direction == index) & (strength >= ahead) & (strength > behind)
    return ridge


def _keep_connected(weak: Tensor, strong: Tensor) -> Tensor:
    """The weak pixels `[b, h, w]` that touch, through weak pixels of eight neighbours, a strong one."""
    b, h, w = weak.shape
    nowhere = b * h * w
    parent = torch.arange(nowhere + 1, device=weak.device)
    inside = weak.flatten()
    while True:
        grandparent = parent[parent]
        lowest = torch.where(inside, _lowest_around(grandparent[:-1].view(b, h, w), weak, nowhere), nowhere)
        hooked = parent.scatter_reduce(0, parent[:-1], lowest, "amin")
        hooked[:-1] = torch.minimum(hooked[:-1], torch.minimum(lowest, grandparent[:-1]))
        parent = hooked
        if torch.equal(parent[parent], grandparent):
            break
    component = parent[parent][:-1]
    is_edge = torch.zeros(nowhere + 1, dtype=torch.bool, device=weak.device)
    is_edge[component[strong.flatten() & inside]] = True
    return is_edge[component].view(b, h, w) & weak


def _lowest_around(labels: Tensor, weak: Tensor, nowhere: int) -> Tensor:
    padded = functional.pad(torch.where(weak, labels, nowhere), (1, 1, 1, 1), value=nowhere)
    rows = torch.minimum(torch.minimum(padded[:, :-2], padded[:, 1:-1]), padded[:, 2:])
    return torch.minimum(torch.minimum(rows[..., :-2], rows[..., 1:-1]), rows[..., 2:]).flatten()
