"""Sources with their states, the question bank, the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _make_sources()
    _make_passages()
    _make_bank()
    _make_queue()


def _make_sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("last_checked", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
    )
    op.create_table(
        "versions",
        sa.Column("id", _number(), autoincrement=True, nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("rechtsstand", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("kuerzel", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("last_checked", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_versions_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("source_id", "rechtsstand", name=op.f("uq_versions_source_id_rechtsstand")),
    )
    op.create_index(op.f("ix_versions_kuerzel"), "versions", ["kuerzel"], unique=False)
    op.create_table(
        "units",
        sa.Column("id", _number(), autoincrement=True, nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_units_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_units_source_id_key")),
    )
    op.create_index(op.f("ix_units_source_id_place"), "units", ["source_id", "place"], unique=False)
    op.create_table(
        "version_units",
        sa.Column("version_id", _number(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("unit_id", _number(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_version_units_unit_id")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_version_units_version_id")),
        sa.PrimaryKeyConstraint("version_id", "ordinal", name=op.f("pk_version_units")),
    )
    op.create_index(op.f("ix_version_units_unit_id"), "version_units", ["unit_id"], unique=False)


def _make_passages() -> None:
    op.create_table(
        "passages",
        sa.Column("unit_id", _number(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Text(), nullable=False),
        sa.Column("passage_id", sa.Text(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("more", sa.Text(), nullable=False),
        sa.Column("indexed", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_passages_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "ordinal", name=op.f("pk_passages")),
    )
    op.create_index(op.f("ix_passages_text_id"), "passages", ["text_id"], unique=False)
    op.create_table(
        "members",
        sa.Column("text_id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("partition", sa.Text(), nullable=False),
        sa.Column("version_id", _number(), nullable=False),
        sa.Column("unit_id", _number(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("indexed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_members_source_id")),
        sa.ForeignKeyConstraint(
            ["unit_id", "ordinal"], ["passages.unit_id", "passages.ordinal"], name=op.f("fk_members_unit_id_ordinal")
        ),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_members_version_id")),
        sa.PrimaryKeyConstraint("text_id", name=op.f("pk_members")),
    )
    op.create_index(op.f("ix_members_partition"), "members", ["partition"], unique=False)
    op.create_index(op.f("ix_members_source_id"), "members", ["source_id"], unique=False)
    op.create_index(op.f("ix_members_unit_id_ordinal"), "members", ["unit_id", "ordinal"], unique=False)
    op.create_index(op.f("ix_members_version_id"), "members", ["version_id"], unique=False)
    op.create_table(
        "mentions",
        sa.Column("unit_id", _number(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("norm", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id", "ordinal"], ["passages.unit_id", "passages.ordinal"], name=op.f("fk_mentions_unit_id_ordinal")
        ),
        sa.PrimaryKeyConstraint("unit_id", "ordinal", "position", name=op.f("pk_mentions")),
    )
    op.create_index(op.f("ix_mentions_norm"), "mentions", ["norm"], unique=False)


def _make_bank() -> None:
    op.create_table(
        "bank",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text_id", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("style", sa.Text(), nullable=False),
        sa.Column("norms", sa.Text(), nullable=False),
        sa.Column("absatz", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", "text_id", name=op.f("pk_bank")),
    )
    op.create_index(op.f("ix_bank_text_id"), "bank", ["text_id"], unique=False)
    op.create_table(
        "bank_norms",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("norm", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["name", "text_id"], ["bank.name", "bank.text_id"], name=op.f("fk_bank_norms_name_text_id")
        ),
        sa.PrimaryKeyConstraint("name", "text_id", "position", name=op.f("pk_bank_norms")),
    )
    op.create_index(op.f("ix_bank_norms_norm"), "bank_norms", ["norm"], unique=False)


def _make_queue() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", _number(), autoincrement=True, nullable=False),
        sa.Column("partition", sa.Text(), nullable=False),
        sa.Column("text_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
