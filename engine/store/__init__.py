"""The SQLite store: one writer, numbered migrations, and the SQL of each subject in a file of its own.

No decision is taken here, and nothing of the outside world is called.
"""
