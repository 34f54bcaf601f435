"""The first tables: documents, appearances, readings, claims with their words, decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and let nobody change or delete a decision."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("outlet", sa.Text()),
        sa.Column("published", sa.Date()),
        sa.Column("language", sa.String(16)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("first_read_at", moment, nullable=False),
        sa.Column("lead", sa.Integer()),
        sa.ForeignKeyConstraint(["lead"], ["documents.id"], name="fk_documents_lead"),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("digest", name="uq_documents_digest"),
    )
    op.create_index("ix_documents_lead", "documents", ["lead"])
    op.create_table(
        "appearances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("outlet", sa.Text()),
        sa.Column("published", sa.Date()),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name="fk_appearances_document"),
        sa.PrimaryKeyConstraint("id", name="pk_appearances"),
        sa.UniqueConstraint("document", "name", name="uq_appearances_document"),
    )
    op.create_table(
        "readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("reader", sa.String(200), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("published", sa.Date()),
        sa.Column("read_at", moment, nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name="fk_readings_document"),
        sa.PrimaryKeyConstraint("id", name="pk_readings"),
        sa.UniqueConstraint("document", "reader", name="uq_readings_document"),
    )
    op.create_index("ix_readings_published", "readings", ["published"])
    op.create_table(
        "claims",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("reading", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(32)),
        sa.Column("instrument", sa.String(32)),
        sa.Column("date", sa.String(10)),
        sa.Column("date_first", sa.Date()),
        sa.Column("date_last", sa.Date()),
        sa.Column("metric", sa.String(32)),
        sa.Column("value", sa.Double()),
        sa.Column("number", sa.Text()),
        sa.Column("unit", sa.Text()),
        sa.Column("period", sa.String(21)),
        sa.Column("certainty", sa.String(16), nullable=False),
        sa.Column("future", sa.Boolean(), nullable=False),
        sa.Column("same_as", sa.String(16)),
        sa.ForeignKeyConstraint(["reading"], ["readings.id"], name="fk_claims_reading"),
        sa.PrimaryKeyConstraint("key", name="pk_claims"),
        sa.UniqueConstraint("reading", "ordinal", name="uq_claims_reading"),
        sa.UniqueConstraint("reading", "id", name="uq_claims_reading_id"),
    )
    for column in ("id", "stage", "same_as"):
        op.create_index(f"ix_claims_{column}", "claims", [column])
    op.create_table(
        "claim_words",
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claims.key"], name="fk_claim_words_claim"),
        sa.PrimaryKeyConstraint("claim", "slot", "position", name="pk_claim_words"),
    )
    op.create_index("ix_claim_words_word", "claim_words", ["word", "slot"])
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("why", sa.Text()),
        sa.Column("payload", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_about", "decisions", ["about", "subject"])
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


_APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER decisions_no_{act} BEFORE {act.upper()} ON decisions "
        "BEGIN SELECT RAISE(ABORT, 'decisions are only added to'); END"
        for act in ("update", "delete")
    ],
    "postgresql": [
        "CREATE FUNCTION tidegate_keep_decisions() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'decisions are only added to'; END $$",
        "CREATE TRIGGER decisions_no_change BEFORE UPDATE OR DELETE ON decisions "
        "FOR EACH ROW EXECUTE FUNCTION tidegate_keep_decisions()",
    ],
}
"""Decisions are a record of what people said on the day: a later one overrules, none is rewritten."""
