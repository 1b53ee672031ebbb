"""The tables of `canvas.sqlite3`, and the steps that lead an older file to them: as `engine.jobs.schema`."""

from __future__ import annotations

APPLICATION_ID = 0x536B6376
"""Written into the head of the file: "Skcv"."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE contents (revision TEXT PRIMARY KEY, packed BLOB NOT NULL)",
        """CREATE TABLE versions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            file TEXT NOT NULL,
            revision TEXT NOT NULL REFERENCES contents,
            saved_at REAL NOT NULL,
            size INTEGER NOT NULL,
            nodes INTEGER,
            origin TEXT NOT NULL,
            changes TEXT NOT NULL
        )""",
        "CREATE INDEX versions_file ON versions (file, id)",
        "CREATE INDEX versions_revision ON versions (revision)",
        """CREATE TABLE drafts (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            file TEXT,
            base TEXT,
            window TEXT,
            saved_at REAL NOT NULL,
            size INTEGER NOT NULL,
            revision TEXT NOT NULL,
            packed BLOB NOT NULL
        )""",
        """CREATE TABLE gallery (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            folder TEXT NOT NULL,
            filename TEXT NOT NULL,
            kind TEXT NOT NULL,
            size INTEGER NOT NULL,
            modified REAL NOT NULL,
            modified_ns INTEGER NOT NULL,
            width INTEGER,
            height INTEGER,
            longer INTEGER,
            pixels INTEGER,
            star INTEGER NOT NULL DEFAULT 0,
            rating INTEGER NOT NULL DEFAULT 0,
            gone REAL
        )""",
        # By itself, so that the table above is small and quick to go through.
        """CREATE TABLE prompts (
            item INTEGER PRIMARY KEY REFERENCES gallery ON DELETE CASCADE,
            positive TEXT NOT NULL,
            negative TEXT NOT NULL
        )""",
        "CREATE INDEX gallery_modified ON gallery (modified, id) WHERE gone IS NULL",
        "CREATE INDEX gallery_name ON gallery (name, id) WHERE gone IS NULL",
        "CREATE INDEX gallery_size ON gallery (size, id) WHERE gone IS NULL",
        "CREATE INDEX gallery_pixels ON gallery (pixels, id) WHERE gone IS NULL",
        "CREATE INDEX gallery_rating ON gallery (rating, id) WHERE gone IS NULL",
        "CREATE INDEX gallery_star ON gallery (modified, id) WHERE gone IS NULL AND star = 1",
        "CREATE INDEX gallery_folder ON gallery (folder) WHERE gone IS NULL",
        "CREATE INDEX gallery_kind ON gallery (kind) WHERE gone IS NULL",
        "CREATE INDEX gallery_gone ON gallery (gone) WHERE gone IS NOT NULL",
        # What was found in a file (model, seed, sampler, ...) and what the user said of it (tag).
        """CREATE TABLE facts (
            kind TEXT NOT NULL,
            value TEXT NOT NULL COLLATE NOCASE,
            item INTEGER NOT NULL REFERENCES gallery ON DELETE CASCADE,
            number REAL,
            PRIMARY KEY (kind, value, item)
        ) WITHOUT ROWID""",
        "CREATE INDEX facts_item ON facts (item)",
        "CREATE INDEX facts_number ON facts (kind, number)",
        # Its rowid is the item's id.
        'CREATE VIRTUAL TABLE texts USING fts5 (words, tokenize = "unicode61 remove_diacritics 2")',
    ),
    (
        # What the user calls a version; and workflow files that stand first.
        "ALTER TABLE versions ADD COLUMN label TEXT NOT NULL DEFAULT ''",
        "CREATE TABLE favourites (file TEXT PRIMARY KEY) WITHOUT ROWID",
    ),
    (
        # Searches and facets go through indexes that hold all they need, not through the table.
        "ALTER TABLE gallery ADD COLUMN rejected INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX gallery_rejected ON gallery (modified, id) WHERE gone IS NULL AND rejected = 1",
        "CREATE INDEX gallery_longer ON gallery (longer) WHERE gone IS NULL",
        "CREATE INDEX gallery_sides ON gallery (width, height) WHERE gone IS NULL",
        # By which reader the facts of a file were found; those of an older one are read again.
        "ALTER TABLE gallery ADD COLUMN read_by INTEGER NOT NULL DEFAULT 0",
    ),
)
