"""The tables, as SQLAlchemy Core sees them.

A source has versions, one for each state (Rechtsstand). A version is a row of units (a Norm or an Abschnitt) kept once
however many states share them; a unit has passages. `members` says in which index partition each text lies and follows
from the rest: it is rewritten with every change of its source, in the same transaction as the outbox rows that tell the
indexes. Tables are made by migrations only; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

# SQLite counts only INTEGER primary keys by itself; PostgreSQL gets the wide type.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

sources = Table(
    "sources",
    metadata,
    Column("id", Text, primary_key=True),
    # False once retired: kept for old Belege, in no index.
    Column("is_published", Boolean, nullable=False),
    Column("last_checked", Date, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("source_id", Text, ForeignKey("sources.id"), nullable=False),
    Column("rechtsstand", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column("kuerzel", Text, nullable=False),
    # All of the Gesetz or Dokument but its units, as JSON.
    Column("head", Text, nullable=False),
    # Hash over head and units, without white space: equal means nothing changed.
    Column("content", Text, nullable=False),
    # SHA-256 of the original; "" where there is none.
    Column("sha256", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("last_checked", Date, nullable=False),
    UniqueConstraint("source_id", "rechtsstand"),
    Index(None, "kuerzel"),
)

units = Table(
    "units",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("source_id", Text, ForeignKey("sources.id"), nullable=False),
    # Hash of body and passages without white space: markup and line breaks alone make no new unit.
    Column("key", Text, nullable=False),
    # "§ 60c" of a Norm, "" of an Abschnitt.
    Column("place", Text, nullable=False),
    # Hash of the wording in normal form: differs only where letters or digits do.
    Column("wording", Text, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("source_id", "key"),
    Index(None, "source_id", "place"),
)

version_units = Table(
    "version_units",
    metadata,
    Column("version_id", _NUMBER, ForeignKey("versions.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("unit_id", _NUMBER, ForeignKey("units.id"), nullable=False),
    Index(None, "unit_id"),
)

passages = Table(
    "passages",
    metadata,
    Column("unit_id", _NUMBER, ForeignKey("units.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("text_id", Text, nullable=False),
    Column("passage_id", Text, nullable=False),
    Column("heading", Text, nullable=False),
    Column("text", Text, nullable=False),
    # Locator, context and references, as JSON.
    Column("more", Text, nullable=False),
    # Hash of the words that are indexed (context, heading, text).
    Column("indexed", Text, nullable=False),
    # Hash of the text in normal form.
    Column("wording", Text, nullable=False),
    Index(None, "text_id"),
)

members = Table(
    "members",
    metadata,
    Column("text_id", Text, primary_key=True),
    Column("source_id", Text, ForeignKey("sources.id"), nullable=False),
    # "current", "history", or "" for a retired source.
    Column("partition", Text, nullable=False),
    # The newest state that holds the text, and the passage there.
    Column("version_id", _NUMBER, ForeignKey("versions.id"), nullable=False),
    Column("unit_id", _NUMBER, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("indexed", Text, nullable=False),
    ForeignKeyConstraint(["unit_id", "ordinal"], ["passages.unit_id", "passages.ordinal"]),
    Index(None, "partition"),
    Index(None, "source_id"),
    Index(None, "unit_id", "ordinal"),
    Index(None, "version_id"),
)

# Which passages of documents rest on which Norm.
mentions = Table(
    "mentions",
    metadata,
    Column("unit_id", _NUMBER, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    # "AufenthG § 60c"
    Column("norm", Text, nullable=False),
    Column("ref", Text, nullable=False),
    ForeignKeyConstraint(["unit_id", "ordinal"], ["passages.unit_id", "passages.ordinal"]),
    Index(None, "norm"),
)

bank = Table(
    "bank",
    metadata,
    Column("name", Text, primary_key=True),
    Column("text_id", Text, primary_key=True),
    Column("question", Text, nullable=False),
    Column("lang", Text, nullable=False),
    Column("style", Text, nullable=False),
    Column("norms", Text, nullable=False),
    Column("absatz", Text),
    Column("note", Text),
    # JSON list of kb.note.statement_key
    Column("answer", Text),
    Index(None, "text_id"),
)

bank_norms = Table(
    "bank_norms",
    metadata,
    Column("name", Text, primary_key=True),
    Column("text_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("norm", Text, nullable=False),
    ForeignKeyConstraint(["name", "text_id"], ["bank.name", "bank.text_id"]),
    Index(None, "norm"),
)

# Texts whose index entry must be looked at again. Whether that means write or delete is decided by `members` when the
# row is drained, so draining twice is harmless.
outbox = Table(
    "outbox",
    metadata,
    Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    Column("partition", Text, nullable=False),
    Column("text_id", Text, nullable=False),
    # Without this SQLite would give an acknowledged number out again.
    sqlite_autoincrement=True,
)

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
