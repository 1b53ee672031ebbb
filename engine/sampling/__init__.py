"""Diffusion sampling: from noise, conditioning and a network to a latent.

Four questions in separate files: what the network predicts and at which noise levels it was trained
(`parametrization`), which noise levels are visited (`schedules`), how conditionings become one estimate
(`conditioning`, `guidance`), and how the estimate moves the latent (`samplers` and the `solver_*` files).
`sample` puts them together. Everywhere x = x0 + sigma * noise (Karras et al. 2022, arXiv 2206.00364).
Imports no torch by itself: import the modules below it.
"""
