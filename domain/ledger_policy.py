"""The county's own form of a ledger: which columns, in which order, under which headings. Ours are no law."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.ledger import FIELDS


class LedgerColumn(BaseModel):
    """One column: a field of the ledger, or always the same text (a column that the county's form wants and we do not
    know)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    field: str = ""
    title: str = Field(default="", max_length=60)
    """the heading; empty: our own for this field"""
    text: str = ""
    width: float | None = Field(default=None, ge=2, le=120)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.field or self.title):
            raise ValueError("a column needs a field or a title")
        return self


class LedgerPolicy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    hazards: tuple[LedgerColumn, ...] = ()
    patrols: tuple[LedgerColumn, ...] = ()
    points: tuple[LedgerColumn, ...] = ()
    letters: tuple[LedgerColumn, ...] = ()
    """columns in the order of the county's own form; empty: all of ours"""
    full_phones: bool = False
    """telephone numbers in sheets; otherwise only their last four digits"""

    @model_validator(mode="after")
    def _known_fields(self) -> Self:
        for ledger, fields in FIELDS.items():
            for column in getattr(self, ledger):
                if column.field and column.field not in fields:
                    raise ValueError(f"{ledger}: no such field {column.field}; there are {', '.join(fields)}")
        return self
