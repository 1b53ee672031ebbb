"""Networks: shapes in, shapes out. They know no graph and no device policy; weights come from `checkpoint`.

The letters that shapes are written in, everywhere in the engine:
b batch, c channels, h w height and width of what is at hand, t tokens, d features, n heads.

Attribute names are those of the published single files (`input_blocks.1.0.in_layers.0.weight`), so a strict
`load_state_dict` is the whole loader. Imports no torch by itself: import the modules below it.
"""
