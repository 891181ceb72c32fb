"""Who is this? One box for everything (R36)."""

# ruff: noqa: S608  # statements are put together from constants of this file

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, RowMapping, TextClause, text

from chassis.process.clock import LOCAL
from contracts.customer.views import Alert, Hit, Hits, LookUp
from contracts.picked import shaped
from services.customer.record.sealing import masters
from services.customer.view.rules.asking import Ask, By, meanings
from services.customer.view.shown import GLANCE, JOINED, alerts, glance

CONSIDERED = 200
"""Customers looked at for an ambiguous search before the best are shown.

Of tens of thousands called 张 these are the first by name; whoever means another one types on.
"""

_TEXT, _MOST = "(SELECT CAST(:text AS text))", "(SELECT CAST(:most AS bigint))"
"""What was typed, and how many are wanted, out of the planner's sight: it would plan anew for every text,
which costs more than the search.
"""

_LAST = r"U&'\+10FFFF'"
"""The last character there is: everything that begins with a text lies between it and it followed by this.

Not LIKE: its signs would mean something, and its index is lost once a statement is prepared for good.
"""


def _key(kind: str) -> str:
    return f"""
        SELECT customer_id AS id, true AS whole FROM search_key
         WHERE kind = '{kind}' AND key = {_TEXT} ORDER BY customer_id LIMIT {CONSIDERED}"""


def _any_key(kind: str) -> str:
    return f"""
        SELECT DISTINCT near.customer_id AS id, true AS whole
          FROM unnest(string_to_array({_TEXT}, ' ')) AS said
         CROSS JOIN LATERAL (SELECT customer_id FROM search_key
                              WHERE kind = '{kind}' AND key = said LIMIT {CONSIDERED}) near"""


def _key_begins(kind: str, start: str = _TEXT) -> str:
    return f"""
        SELECT customer_id AS id, bool_or(key = {start}) AS whole
          FROM (SELECT customer_id, key FROM search_key
                 WHERE kind = '{kind}' AND key >= {start} AND key < {start} || {_LAST}
                 ORDER BY key, customer_id LIMIT {CONSIDERED}) near GROUP BY customer_id"""


def _vehicle(condition: str) -> str:
    return f"""
        SELECT coalesce(k.merged_into, k.id) AS id, bool_or(p.until IS NULL) AS whole
          FROM (SELECT v.id FROM vehicle v WHERE {condition} LIMIT {CONSIDERED}) near
          JOIN vehicle_party p ON p.vehicle_id = near.id
          JOIN customer k ON k.id = p.customer_id GROUP BY 1"""


_PLATE = f"""
        SELECT coalesce(k.merged_into, k.id) AS id,
               bool_or(near.plate = {_TEXT} AND near.until IS NULL AND p.until IS NULL) AS whole
          FROM (SELECT vehicle_id, plate, until FROM vehicle_plate
                 WHERE plate >= {_TEXT} AND plate < {_TEXT} || {_LAST} ORDER BY plate LIMIT {CONSIDERED}) near
          JOIN vehicle_party p ON p.vehicle_id = near.vehicle_id
          JOIN customer k ON k.id = p.customer_id GROUP BY 1"""

_PLATE_TAIL = f"""
        SELECT coalesce(k.merged_into, k.id) AS id, bool_or(near.until IS NULL AND p.until IS NULL) AS whole
          FROM (SELECT vehicle_id, until FROM vehicle_plate
                 WHERE reverse(plate) >= reverse({_TEXT}) AND reverse(plate) < reverse({_TEXT}) || {_LAST}
                 ORDER BY reverse(plate) LIMIT {CONSIDERED}) near
          JOIN vehicle_party p ON p.vehicle_id = near.vehicle_id
          JOIN customer k ON k.id = p.customer_id GROUP BY 1"""

_FOUND = {
    By.MOBILE: _key("phone"),
    By.MOBILE_TAIL: _key_begins("phone_tail", f"reverse({_TEXT})"),
    By.ID_NUMBER: _key("id18"),
    By.ORGANISATION: _key("organisation"),
    By.NAME: _key_begins("name"),
    By.PINYIN: _key_begins("pinyin"),
    By.INITIALS: _key("initials"),
    By.SOUND: _any_key("pinyin"),
    By.SOUTHERN_SOUND: _any_key("folded"),
    By.PLATE: _PLATE,
    By.PLATE_TAIL: _PLATE_TAIL,
    By.VIN: _vehicle(f"v.vin = {_TEXT}"),
    By.VIN_TAIL: _vehicle(f"reverse(v.vin) >= reverse({_TEXT}) AND reverse(v.vin) < reverse({_TEXT}) || {_LAST}"),
}


def _search(found: str) -> TextClause:
    return text(
        f"""
    SELECT c.id, c.kind, c.name, c.title, c.mobile, owned.vehicles, {GLANCE}
      FROM (SELECT found.id, found.whole, known.sold_at IS NOT NULL AS sold, known.last_contact_at AS met
              FROM ({found}) found LEFT JOIN glance known ON known.customer_id = found.id
             ORDER BY whole DESC, sold DESC, met DESC NULLS LAST, id LIMIT {_MOST}) best
      JOIN customer c ON c.id = best.id AND c.status = 'active'
      {JOINED}
     ORDER BY best.whole DESC, best.sold DESC, best.met DESC NULLS LAST, c.id
    """
    )


FITS_NOTHING = Alert(
    code="SEARCH_FORMS",
    zh="请输入:电话后四位或完整号码、完整证件号、完整车架号或其后6至8位、车牌至少四位(可不带省份)、姓名或拼音",
    en="Type a phone's last four digits or all of it, a whole ID number, a VIN or its last 6 to 8 signs, "
    "four signs of a plate with or without its province, a name or its pinyin",
)
"""What is said when what was typed can mean nothing: no refusal, somebody is still typing."""

SEARCHES = {by: _search(found) for by, found in _FOUND.items()}
"""The statement of each way to search; it takes `text` and `most`."""


def look_up(connection: Connection, asked: LookUp, *, now: datetime) -> Hits:
    """The customers the text may mean, surest first."""
    hits: dict[UUID, Hit] = {}
    today = now.astimezone(LOCAL).date()
    meant = meanings(asked.q, today=today)
    for ask in meant:
        if len(hits) < asked.limit:
            for hit in _find(connection, ask, limit=asked.limit, today=today):
                hits.setdefault(hit.customer_id, hit)
    return Hits(
        items=list(hits.values())[: asked.limit],
        hint=None if meant else FITS_NOTHING,
        searched_by=[ask.by for ask in meant],
    )


def _find(connection: Connection, ask: Ask, *, limit: int, today: date) -> list[Hit]:
    said = masters().hash_of(ask.text) if ask.by is By.ID_NUMBER else ask.text
    rows = connection.execute(SEARCHES[ask.by], {"text": said, "most": limit}).mappings()
    return [_hit(row, by=ask.by, today=today) for row in rows]


def _hit(row: RowMapping, *, by: By, today: date) -> Hit:
    known = glance(row)
    return shaped(
        Hit,
        row,
        customer_id=row["id"],
        matched_by=by,
        glance=known,
        alerts=alerts(row, known, today=today),
    )
