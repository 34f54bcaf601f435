"""Run the migrations on the connection that the store hands over; Alembic looks for this file by name."""

from alembic import context

from tidegate.claims.store.migrate import VERSION_TABLE
from tidegate.claims.store.schema import metadata

# The store holds the lock and the transaction; nothing is committed here.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
