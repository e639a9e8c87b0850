"""The database behind the store: SQLite or PostgreSQL, opened, migrated, and written by one transaction at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

# Longest wait for another writer, in seconds: a whole statute is stored in about one.
_BUSY_SECONDS = 60
# Any number, as long as every process uses the same: it names our lock among PostgreSQL's advisory locks.
_WRITE_LOCK = 7_205_759
_WRITING = "lotse_writing"
# The newest of the migrations.
HEAD = "0002"


def open_engine(url: str) -> Engine:
    """An engine for the address, its tables up to date. Raises StoreError where that cannot be."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    try:
        address = make_url(url)
    except ArgumentError as error:
        raise StoreError("the database address cannot be read", where=url, next="correct DATABASE_URL") from error
    where = address.render_as_string(hide_password=True)
    if address.drivername in ("postgres", "postgresql"):
        address = address.set(drivername="postgresql+psycopg")
    backend = address.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(f"no store for {backend}", where=where, next="use sqlite or postgresql in DATABASE_URL")
    try:
        if backend == "sqlite":
            if address.database and address.database != ":memory:":
                Path(address.database).parent.mkdir(parents=True, exist_ok=True)
            # Many pages read at once (Streamlit threads); idle connections of SQLite cost next to nothing.
            engine = create_engine(address, pool_size=8, max_overflow=64, connect_args={"timeout": _BUSY_SECONDS})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        else:
            engine = create_engine(address, pool_size=4, max_overflow=16, pool_pre_ping=True)
        try:
            _migrate(engine)
        except BaseException:
            engine.dispose()
            raise
    except ImportError as error:
        raise StoreError(
            "the driver of the database is missing", where=where, next="pip install 'lotse[postgres]'"
        ) from error
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(
            f"the database cannot be opened: {str(error).splitlines()[0]}",
            where=where,
            next="check that it exists, can be written and is of this version",
        ) from error
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one moment of the database, whatever is written meanwhile."""
    from sqlalchemy.exc import SQLAlchemyError

    # SQLite's read transactions are snapshots already.
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    try:
        with engine.connect().execution_options(**options) as connection:
            yield connection
    except SQLAlchemyError as error:
        raise StoreError(
            f"the database cannot be read: {str(error).splitlines()[0]}",
            where=engine.url.render_as_string(hide_password=True),
            next="check that it is there and not damaged",
        ) from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection inside the one write transaction; commits at the end, rolls back on any error.

    Writers queue: SQLite by BEGIN IMMEDIATE (a transaction that turns from reading to writing later would fail at once
    instead of waiting), PostgreSQL by an advisory lock, so that outbox numbers are in the order of commits.
    """
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with engine.connect().execution_options(**{_WRITING: True}) as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITE_LOCK})
            yield connection
    except SQLAlchemyError as error:
        raise StoreError(
            f"the database refused a change: {str(error).splitlines()[0]}",
            where=engine.url.render_as_string(hide_password=True),
            next="nothing was changed; see that the disk has room and try again",
        ) from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver begins no transactions by itself; _begin_sqlite says which kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "cache_size=-32000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(engine: Engine) -> None:
    """Bring the tables to the newest revision, unless they are there; two processes may try at once."""
    if _revision(engine) == HEAD:
        return
    from alembic import command
    from alembic.config import Config as AlembicConfig
    from alembic.util import CommandError

    settings = AlembicConfig()
    # A percent sign in the path would be read as an interpolation.
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with writing(engine) as connection:
        settings.attributes["connection"] = connection
        try:
            command.upgrade(settings, "head")
        except CommandError as error:  # a revision this version does not know
            raise OSError(str(error)) from error


def _revision(engine: Engine) -> str | None:
    """The revision of the tables, None where there are none; asked without Alembic, which takes long to load."""
    from sqlalchemy import inspect, text

    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        return found
