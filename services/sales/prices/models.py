"""What sales keeps of a price's lines."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from contracts.sales.lines import LineKind


class Line:
    """Mixed into the lines of a document, which stand in their order; frozen with its price."""

    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LineKind]
    description: Mapped[str]
    list_fen: Mapped[int]
    discount_fen: Mapped[int]
    amount_fen: Mapped[int]
    vat_fen: Mapped[int]
