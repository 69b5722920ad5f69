"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.models import Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEARCH_TABLE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE passage_grams USING fts5"
        "(grams, content='', detail=none, columnsize=0, tokenize='ascii')",
    ),
    "postgresql": (
        "CREATE TABLE passage_grams (rowid BIGINT PRIMARY KEY, grams TSVECTOR NOT NULL)",
        "CREATE INDEX ix_passage_grams_grams ON passage_grams "
        "USING gin (grams) WITH (fastupdate = off)",
    ),
}


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("sha256", name=op.f("uq_document_sha256")),
    )
    op.create_table(
        "given",
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("who", "project_id", "field", name=op.f("pk_given")),
    )
    with op.batch_alter_table("given", schema=None) as batch_op:
        batch_op.create_index("ix_given_project_id", ["project_id"], unique=False)

    op.create_table(
        "gram",
        sa.Column("gram", sa.String(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("gram", name=op.f("pk_gram")),
    )
    op.create_table(
        "person",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sound", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index("ix_person_sound", ["sound"], unique=False)

    op.create_table(
        "preview",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preview")),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("region_key", sa.Text(), nullable=False),
        sa.Column("unit_keys", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index("ix_project_name_key", ["name_key"], unique=False)

    op.create_table(
        "state",
        sa.Column("space", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("expires", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("space", "key", name=op.f("pk_state")),
    )
    with op.batch_alter_table("state", schema=None) as batch_op:
        batch_op.create_index("ix_state_expires", ["expires"], unique=False)

    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("name", name=op.f("uq_unit_name")),
    )
    op.create_table(
        "document_body",
        sa.Column("document_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_body_document_id_document")
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_body")),
    )
    op.create_table(
        "unit_form",
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_form_unit_id_unit")),
        sa.PrimaryKeyConstraint("form", "unit_id", name=op.f("pk_unit_form")),
    )
    op.create_table(
        "version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_version_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version")),
    )
    op.create_table(
        "alias",
        sa.Column("alias_key", sa.String(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_alias_project_id_project")
        ),
        sa.ForeignKeyConstraint(["version"], ["version.id"], name=op.f("fk_alias_version_version")),
        sa.PrimaryKeyConstraint("alias_key", "project_id", name=op.f("pk_alias")),
    )
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.create_index("ix_alias_project_id", ["project_id"], unique=False)

    op.create_table(
        "change",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("old_plan_id", sa.Integer(), nullable=True),
        sa.Column("new_plan_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_change_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["version"], ["version.id"], name=op.f("fk_change_version_version")
        ),
        sa.PrimaryKeyConstraint("version", "project_id", "year", name=op.f("pk_change")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index("ix_change_project_id", ["project_id"], unique=False)

    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("source_hash", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("supervising_id", sa.Integer(), nullable=True),
        sa.Column("implementing_id", sa.Integer(), nullable=True),
        sa.Column("contact_person", sa.Text(), nullable=True),
        sa.Column("phone_reversed", sa.String(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("higher_level_grants", sa.BigInteger(), nullable=True),
        sa.Column("district_funds", sa.BigInteger(), nullable=True),
        sa.Column("other_funds", sa.BigInteger(), nullable=True),
        sa.Column("blanks", sa.BigInteger(), nullable=False),
        sa.Column("givens", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_plan_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["implementing_id"], ["unit.id"], name=op.f("fk_plan_implementing_id_unit")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_plan_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["supervising_id"], ["unit.id"], name=op.f("fk_plan_supervising_id_unit")
        ),
        sa.ForeignKeyConstraint(["version"], ["version.id"], name=op.f("fk_plan_version_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index(
            "ix_plan_category",
            ["category", "year", "total", "retired"],
            unique=False,
            sqlite_where=sa.text("retired IS NULL"),
            postgresql_where=sa.text("retired IS NULL"),
        )
        batch_op.create_index("ix_plan_document_id", ["document_id"], unique=False)
        batch_op.create_index(
            "ix_plan_implementer",
            ["implementing_id", "year", "total", "retired"],
            unique=False,
            sqlite_where=sa.text("retired IS NULL"),
            postgresql_where=sa.text("retired IS NULL"),
        )
        batch_op.create_index(
            "ix_plan_person",
            ["contact_person", "year"],
            unique=False,
            sqlite_where=sa.text("retired IS NULL"),
            postgresql_where=sa.text("retired IS NULL"),
        )
        batch_op.create_index(
            "ix_plan_phone",
            ["phone_reversed"],
            unique=False,
            sqlite_where=sa.text("retired IS NULL"),
            postgresql_where=sa.text("retired IS NULL"),
        )
        batch_op.create_index("ix_plan_project_id", ["project_id"], unique=False)
        batch_op.create_index(
            "ix_plan_sums",
            [
                "year",
                "total",
                "higher_level_grants",
                "district_funds",
                "other_funds",
                "blanks",
                "givens",
                "project_id",
                "retired",
            ],
            unique=False,
            sqlite_where=sa.text("retired IS NULL"),
            postgresql_where=sa.text("retired IS NULL"),
        )
        batch_op.create_index(
            "ix_plan_supervisor",
            ["supervising_id", "year", "total", "retired"],
            unique=False,
            sqlite_where=sa.text("retired IS NULL"),
            postgresql_where=sa.text("retired IS NULL"),
        )
        batch_op.create_index(
            "ix_plan_year_order",
            ["year", "project_id", "retired"],
            unique=False,
            sqlite_where=sa.text("retired IS NULL"),
            postgresql_where=sa.text("retired IS NULL"),
        )
        batch_op.create_index(
            "ux_plan_now",
            ["project_id", "year"],
            unique=True,
            sqlite_where=sa.text("retired IS NULL"),
            postgresql_where=sa.text("retired IS NULL"),
        )

    op.create_table(
        "citation",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_citation_plan_id_plan")),
        sa.PrimaryKeyConstraint("plan_id", "ordinal", name=op.f("pk_citation")),
    )
    with op.batch_alter_table("citation", schema=None) as batch_op:
        batch_op.create_index("ix_citation_key", ["key", "plan_id"], unique=False)

    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_finding_document_id_document")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_finding_plan_id_plan")),
        sa.ForeignKeyConstraint(
            ["version"], ["version.id"], name=op.f("fk_finding_version_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index("ix_finding_code", ["code"], unique=False)
        batch_op.create_index("ix_finding_document_id", ["document_id"], unique=False)
        batch_op.create_index("ix_finding_plan_id", ["plan_id"], unique=False)

    op.create_table(
        "indicator",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("comparison", sa.String(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("target_value", sa.Float(), nullable=True),
        sa.Column("unit_of_measure", sa.String(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=True),
        sa.Column("is_core", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_indicator_plan_id_plan")),
        sa.PrimaryKeyConstraint("plan_id", "ordinal", name=op.f("pk_indicator")),
    )
    with op.batch_alter_table("indicator", schema=None) as batch_op:
        batch_op.create_index("ix_indicator_core", ["is_core", "plan_id"], unique=False)
        batch_op.create_index("ix_indicator_points", ["points"], unique=False)
        batch_op.create_index("ix_indicator_target", ["target_value"], unique=False)
        batch_op.create_index("ix_indicator_unit", ["unit_of_measure"], unique=False)

    op.create_table(
        "passage",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_passage_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage")),
    )
    with op.batch_alter_table("passage", schema=None) as batch_op:
        batch_op.create_index("ix_passage_plan_id", ["plan_id"], unique=False)

    op.create_table(
        "plan_content",
        sa.Column("plan_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("corrections", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_content_plan_id_plan")
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_plan_content")),
    )
    for statement in SEARCH_TABLE[op.get_bind().dialect.name]:
        op.execute(statement)
