"""Workers: the processes that compute, and how the server starts, feeds, watches and replaces them.

messages, channel: what crosses, and how · process: the child's own program (started by name, never imported) ·
supervisor: one child · dispatch: all of them, the queue, and everybody who wants to know
"""
