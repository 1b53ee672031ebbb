"""What the canvas keeps on the server: versions of workflow files, drafts, and the index of what is in `output/`.

database, schema: the file `canvas.sqlite3` in the user directory, built on the machinery of `engine.jobs`
documents, looking: what is in a workflow file, and what changed between two
workflow_files, versions: files and their past · workflow_folders, favourites, trash: where files stand, which are
preferred, which were deleted
drafts: what is not saved yet
the gallery: `scan` and `facts` (from files to rows), `gallery` (the rows), `search` (the language), `finding`, `facets`
and `index` (what is asked for, kept until it changes), `origins` (the workflow file of a run), `thumbnails`, `archive`
state: all of it, as the routes find it

The routes stand in `engine.server.api`.
"""
