"""A page of a list, in one of its orders: by number, or after a cursor, which stays right while rows come and go.

Somebody who works a list off takes its rows away meanwhile: what he asks for by number then skips as many.
A cursor says after which row to go on, and nothing of what was before it matters.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import orjson
from sqlalchemy import Column, ColumnElement, Connection, Row, Select, and_, func, or_, select, tuple_

from contracts.refusals import InvalidRequest
from contracts.sayings import Saying


def _printable(text: str) -> str:
    """A column of texts knows no other; PostgreSQL would not take a NUL."""
    if not text.isprintable():
        raise ValueError(text)
    return text


_READ: dict[type, Callable[[str], Any]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    UUID: UUID,
    str: _printable,
}
"""What a list may be in the order of, and how a cursor's text is read."""


class Asked(Protocol):
    """The part of a request that says which page."""

    @property
    def page(self) -> int:
        """Its number, from 1 on."""
        ...

    @property
    def size(self) -> int:
        """Rows of it."""
        ...

    @property
    def after(self) -> str | None:
        """The cursor it goes on after, instead of a number."""
        ...


@dataclass(frozen=True, slots=True)
class Sorting:
    """One order of a list: by `key`, among equals by `id`, both one way.

    Upwards rows without a key come last; what is listed downwards has one in every row.
    `index` is the one that a store's list is read by in this order; `few` says why it needs none.
    """

    key: ColumnElement[Any]
    id: ColumnElement[Any]
    descending: bool = False
    index: str = ""
    few: str = ""

    def __post_init__(self) -> None:
        if bool(self.index) == bool(self.few):
            raise TypeError(f"{self.name}: an index or the reason why not")

    @property
    def name(self) -> str:
        """What a cursor of this order is known by."""
        return f"{'-' if self.descending else ''}{_column(self.key).name}"

    @property
    def may_lack(self) -> bool:
        """Whether there may be rows without a key."""
        return bool(_column(self.key).nullable) and not self.descending

    def clauses(self) -> list[ColumnElement[Any]]:
        """For ORDER BY."""
        return [one.desc() if self.descending else one.asc() for one in (self.key, self.id)]

    def beyond(self, key: Any, id_: Any) -> ColumnElement[bool]:
        """What comes after this row."""
        if key is None:
            return and_(self.key.is_(None), self.id > id_)
        here, place = tuple_(self.key, self.id), tuple_(key, id_)
        later = here < place if self.descending else here > place
        return or_(later, self.key.is_(None)) if self.may_lack else later


class Page(NamedTuple):
    """Rows of a page, how many there are in all, and the cursor of the next one, if there is one."""

    rows: Sequence[Row[Any]]
    total: int
    next: str | None


def page(connection: Connection, wanted: Select[Any], asked: Asked, *, by: Sorting) -> Page:
    """What was asked for, of all that is wanted. Raises InvalidRequest: a cursor of another order, or with a number."""
    total = connection.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    if asked.after is None:
        here = wanted.offset((asked.page - 1) * asked.size)
    elif asked.page == 1:
        here = wanted.where(by.beyond(*_read(asked.after, by)))
    else:
        raise InvalidRequest(errors={"page": [Saying.CURSOR_BESIDE_PAGE()]})
    rows = connection.execute(here.order_by(*by.clauses()).limit(asked.size + 1)).all()
    more = len(rows) > asked.size
    return Page(rows[: asked.size], total, _cursor(rows[asked.size - 1], by) if more else None)


class _Place(NamedTuple):
    """What a cursor holds."""

    of: str
    key: str | None
    id: str


def _column(element: ColumnElement[Any]) -> Column[Any]:
    """As a table's `c` gives it."""
    assert isinstance(element, Column)
    return element


def _cursor(row: Row[Any], by: Sorting) -> str:
    place = (by.name, *(getattr(row, _column(one).name) for one in (by.key, by.id)))
    return urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def _read(cursor: str, by: Sorting) -> tuple[Any, Any]:
    try:
        known = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = _Place(*known)
        if place.of == by.name and (place.key is not None or by.may_lack):
            return None if place.key is None else _value(place.key, by.key), _value(place.id, by.id)
    except (ValueError, TypeError):
        pass
    raise InvalidRequest(errors={"after": [Saying.NO_CURSOR()]})


def _value(text: str, column: ColumnElement[Any]) -> Any:
    return _READ[column.type.python_type](str(text))
