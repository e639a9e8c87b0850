"""How the database is opened, and that the migrations make the tables the code means."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from kb.config import Config
from kb.errors import StoreError
from kb.store import engine as engine_module
from kb.store.engine import open_engine, reading, writing
from kb.store.schema import metadata


def test_migrations_make_the_tables_of_the_schema(store_config: Config) -> None:
    engine = open_engine(store_config.database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_newest_migration_is_the_one_a_start_looks_for() -> None:
    folder = Path(engine_module.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == engine_module.HEAD


def test_sqlite_runs_as_designed(config: Config) -> None:
    engine = open_engine(config.database)
    pragmas = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1, "busy_timeout": 60_000}
    with reading(engine) as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in pragmas}
    assert found == pragmas
    engine.dispose()


def test_error_inside_a_write_leaves_nothing(store_config: Config) -> None:
    engine = open_engine(store_config.database)
    with pytest.raises(KeyError), writing(engine) as connection:
        connection.execute(text("INSERT INTO meta (key, value) VALUES ('a', 'b')"))
        raise KeyError
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM meta")).scalar_one() == 0
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("not an address", "cannot be read"),
        ("mysql://localhost/x", "no store for mysql"),
        ("postgresql://nobody:secret@/x?host=/nowhere", "cannot be opened"),
    ],
)
def test_wrong_address_is_said(url: str, message: str) -> None:
    if url.startswith("postgresql"):
        pytest.importorskip("psycopg", reason="pip install 'lotse[postgres]'")
    with pytest.raises(StoreError, match=message) as caught:
        open_engine(url)
    assert "secret" not in str(caught.value)


def test_something_that_is_no_database_is_said(tmp_path: Path) -> None:
    file = tmp_path / "lotse.db"
    file.write_bytes(b"no database at all, " * 500)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_engine(f"sqlite:///{file}")


def test_database_of_a_later_version_is_refused(store_config: Config) -> None:
    engine = open_engine(store_config.database)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="cannot be opened"):
        open_engine(store_config.database)
