"""The modules that packs import by name. They only lend names: what they offer is made elsewhere in the engine."""
