"""Every schema there ever was, as Alembic scripts, forward only. `storage.schema` runs them; `python -m
storage.migrations "what changes"` writes the next one."""
