"""Triggers by which the database itself refuses to change or delete audit records, whoever asks for it.

Installed by a migration. Tests and ``flush`` empty tables, so the test suite removes them once and has tests of their own.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "base_auditrecord"
REFUSAL = "audit records are never changed or deleted"

SQLITE = {
    "audit_no_update": f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    "audit_no_delete": f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
}
FUNCTION = "audit_is_append_only"
POSTGRESQL = {
    "audit_no_change": f"BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW",
    "audit_no_truncate": f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT",
}


def install(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers; those of an earlier installation are replaced."""
    remove(schema_editor)
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE.values():
            schema_editor.execute(statement)
    elif schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        for name, event in POSTGRESQL.items():
            schema_editor.execute(f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION {FUNCTION}()")


def remove(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers, if they are there."""
    if schema_editor.connection.vendor == "sqlite":
        for name in SQLITE:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
    elif schema_editor.connection.vendor == "postgresql":
        for name in POSTGRESQL:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {TABLE}")
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {FUNCTION}()")
