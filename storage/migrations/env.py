"""Alembic's entry: `storage.migrate` hands it a connection inside a transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
