"""Workers: the processes that compute, and how the server starts, feeds, watches and replaces them.

Between them: messages, channel. In the worker: process (started by name, never imported), compute, telling, previews,
answers, outbox. In the server, from the outside in: dispatch (queue, jobs, listeners) · waiting, recovery, runs, run
(jobs that wait, that were cut short, that run) · ledger, recent (what is written and told) · crew, affinity,
memory_limit (all workers) · supervisor, child (one of them) · catalog (what nodes they have) · notices (the records).
"""
