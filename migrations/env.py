"""Alembic's environment: signs in as the administrator, prepares the roles, and makes every table as their owner."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, pool

import webapp.models  # noqa: F401 - declares the tables
from migrations import door
from webapp.core import roles
from webapp.core.database import Base

settings = current_app.config["SETTINGS"]
engine = create_engine(context.config.attributes.get("url") or settings.admin_url, poolclass=pool.NullPool)

with engine.connect() as connection:
    with connection.begin():
        roles.ensure_roles(connection, secret_key=settings.secret_key)
    # A migration must never queue for a table behind a long transaction while the desk waits behind the migration.
    connection.exec_driver_sql("SET lock_timeout = '5s'")
    connection.exec_driver_sql(f"SET ROLE {roles.OWNER}")
    connection.commit()
    taken: list[object] = []
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        on_version_apply=lambda **step: taken.append(step),
    )
    with context.begin_transaction():
        context.run_migrations()
    if context.get_context().get_current_revision() == context.get_head_revision():
        door.make(connection)
        connection.commit()
        if taken:  # a rewritten table, or a new index, has no statistics: the first pages would wait for bad plans
            connection.exec_driver_sql(f"ANALYZE (SKIP_LOCKED) {', '.join(Base.metadata.tables)}")
    connection.commit()
