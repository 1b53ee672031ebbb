"""The graph: what a workflow is, what a node declares, and what follows from both. Pure Python and networkx."""
