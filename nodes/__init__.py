"""The library of nodes: thin functions over the engine, found by `Registry.collect`; one file a canvas category.

But for `output` (whatever leaves pictures behind, of any category) and `primitive` (values that stand alone, and a look
at any value). What several files need is no node: `sizes`, `latent_samples`.
"""
