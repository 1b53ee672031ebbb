"""Running a workflow: the loop, the calls of nodes, the cache of their outputs, and the events that tell of it."""
