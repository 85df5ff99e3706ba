"""What Dagster's UI shows of an asset, taken from the table's model so that it cannot lie."""

from __future__ import annotations

from typing import Any

import dagster as dg
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

OWNERS = ["team:apptrack"]


def table_metadata(table: Table) -> dict[str, Any]:
    """Return an asset's definition metadata: table name and column schema with the model's comments."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    columns = [
        dg.TableColumn(
            name=column.name,
            type=column.type.compile(dialect=dialect).lower(),
            description=column.comment,
            constraints=dg.TableColumnConstraints(
                nullable=bool(column.nullable), unique=bool(column.unique or column.primary_key)
            ),
        )
        for column in table.columns
    ]
    return {
        "dagster/table_name": f"public.{table.name}",
        "dagster/column_schema": dg.TableSchema(columns=columns),
    }
