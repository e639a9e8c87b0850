"""A question of the bank may name the statements of its note that answer it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; questions stored before name no statements until the starter layer is read again."""
    op.add_column("bank", sa.Column("answer", sa.Text(), nullable=True))
