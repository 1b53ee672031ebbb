"""Jobs: accepted prompts, what happens to them, and the file in which they survive. No torch, no network.

job: the records · events: what happens to a job · queue: whose turn it is · store: the SQLite file. Behind the store:
writer, writing, reading, rows: what goes in and out · database, schema, head, wal, salvage: the file and its damages
"""
