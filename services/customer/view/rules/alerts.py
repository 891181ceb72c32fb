"""Alerts on arrival: what a desk must not overlook when a customer stands before it (R36); pure.

The order is that of a conversation: what he may be angry about first, what is missing on his card last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from contracts.customer.operations import CustomerKind
from contracts.customer.views import Alert, OpenRepairOrder

UNHAPPY = 6
"""A last score up to this, of 10, is told to whoever meets him next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What is known of the customer who arrives.

    `in_workshop` are his open repair orders, `due_at` when we should have called him,
    `suspected` says that another record may be him.
    """

    kind: CustomerKind
    mobile: str
    has_card: bool
    surname_only: bool
    sold_by_us: bool
    in_workshop: Sequence[OpenRepairOrder] = ()
    open_orders: int = 0
    due_at: datetime | None = None
    last_score: int | None = None
    do_not_call: bool = False
    suspected: bool = False


def alerts(arrival: Arrival, *, today: date) -> list[Alert]:
    """The alerts for a customer; `due_at` is compared in its own zone, which is the stores'."""
    return [alert for rule in _RULES if (alert := rule(arrival, today)) is not None]


def missing_of(arrival: Arrival) -> list[str]:
    """What the card of somebody we know lacks: his phone, his full name, and of an owner the ID number (R17)."""
    missing = ["mobile"] if not arrival.mobile else []
    if arrival.surname_only:
        missing.append("name")
    if arrival.sold_by_us and not arrival.has_card:
        missing.append("id_no" if arrival.kind is CustomerKind.PERSON else "organisation_no")
    return missing


def _low_score(arrival: Arrival, _today: date) -> Alert | None:
    if arrival.last_score is None or arrival.last_score > UNHAPPY:
        return None
    score = arrival.last_score
    return Alert("LOW_SCORE", f"上次回访仅{score}分,请留意", f"His last score was {score} of 10; take care")


def _in_workshop(arrival: Arrival, _today: date) -> Alert | None:
    if not arrival.in_workshop:
        return None
    first = arrival.in_workshop[0]
    since, number = first.since.date(), first.number or ""
    zh = f"车辆自{since}起在店维修,工单{number}".removesuffix(",工单")
    en = f"His vehicle is in the workshop since {since} {number}".rstrip()
    return Alert("IN_WORKSHOP", zh, en, store_id=first.store_id)


def _open_order(arrival: Arrival, _today: date) -> Alert | None:
    if not arrival.open_orders:
        return None
    count = arrival.open_orders
    return Alert(
        "OPEN_ORDER", f"有{count}份订单尚未交车", f"Waits for {count} car{'s' if count > 1 else ''} ordered here"
    )


def _open_visit_due(arrival: Arrival, today: date) -> Alert | None:
    if arrival.due_at is None or arrival.due_at.date() > today:
        return None
    return Alert(
        "OPEN_VISIT_DUE",
        f"回访已于{arrival.due_at:%m-%d}到期,可当面询问",
        f"A visit is due since {arrival.due_at:%m-%d}; you may ask him now",
    )


def _do_not_call(arrival: Arrival, _today: date) -> Alert | None:
    return Alert("DO_NOT_CALL", "客户要求不要致电", "Does not want to be called") if arrival.do_not_call else None


def _possible_duplicate(arrival: Arrival, _today: date) -> Alert | None:
    if not arrival.suspected:
        return None
    return Alert(
        "POSSIBLE_DUPLICATE",
        "可能有重复档案待核对",
        "There may be another record of this customer; it waits for review",
    )


_WORDS = {
    "mobile": ("电话", "phone"),
    "name": ("全名", "full name"),
    "id_no": ("身份证号", "ID number"),
    "organisation_no": ("机构代码", "organisation number"),
}


def _incomplete_card(arrival: Arrival, _today: date) -> Alert | None:
    missing = missing_of(arrival)
    if not missing:
        return None
    zh, en = zip(*(_WORDS[one] for one in missing), strict=True)
    return Alert("INCOMPLETE_CARD", f"档案缺少:{'、'.join(zh)}", f"His card lacks: {', '.join(en)}")


_RULES: tuple[Callable[[Arrival, date], Alert | None], ...] = (
    _low_score,
    _in_workshop,
    _open_order,
    _open_visit_due,
    _do_not_call,
    _possible_duplicate,
    _incomplete_card,
)
