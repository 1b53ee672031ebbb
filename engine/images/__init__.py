"""Pictures as files and as tensors: reading, writing, metadata, resizing and what else is done to pixels and masks.

Images are `[b, h, w, c]`, float, 0..1, c = 3 (4 with alpha); masks `[b, h, w]`, 1 = masked. No function writes into
its arguments. Nodes and graph are unknown here.
"""
