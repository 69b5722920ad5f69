"""How alembic meets our database: it is handed an open connection and migrates inside of it."""

from __future__ import annotations

from alembic import context

from registry import models

# The full-text index is made by hand: its tables are no business of the comparison.
OWN_TABLES = "passage_grams"

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=models.metadata,
    include_name=lambda name, _kind, _parents: not (name or "").startswith(OWN_TABLES),
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
