"""The library of nodes: thin functions over the engine, one file a canvas category; found by `Registry.collect`."""
