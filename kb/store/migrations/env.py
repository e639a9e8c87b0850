"""Runs the migrations on the connection that kb.store.engine hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from kb.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transaction_per_migration=False
)
context.run_migrations()
