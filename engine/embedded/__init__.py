"""Files of every kind that carry workflows: pictures, sounds, films, drawings, models.

`containers` is the table of kinds and the way in; the readers stand in files of their own, by family. Whatever the
bytes, a reader ends after a bounded number of steps and holds no more than the texts it was asked for.
"""
