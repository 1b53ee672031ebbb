"""Packs of other people, written for ComfyUI, as they are: their classes become the same records as our own nodes.

v1, v1_call: classes with `INPUT_TYPES` · v3: classes with `define_schema` · loader: finding and importing packs ·
host: what the facades below `shims` reach the engine through · shims: the modules that packs import by name, which only
lend names from pack_*, graph_builder, builtin_classes, wire_types · not_offered: names of what there is not yet
"""
