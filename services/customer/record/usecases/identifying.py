"""Who is this? The records that what was given may be about, and the decision of E7 for each.

Works for one customer at a desk and for a batch of a file alike: one statement fetches every record that shares
a key with any of them, and what is newly registered joins the known ones at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store import turns
from chassis.store.rows import as_json
from contracts import plate
from services.customer.record.rules import matching
from services.customer.record.rules.blocking import blocking_keys
from services.customer.record.rules.facts import Facts, KnownVehicle, Role
from services.customer.record.rules.matching import Decision, Match
from services.customer.record.rules.phone import STRONG, stands_for_none
from services.customer.record.rules.record import Record
from services.customer.record.sealing import kept, key_beside, record_of

MOST_OF_A_KEY = 50
"""Records looked at for one key: more of them share a name and district, or a hire company's plate, by accident."""

MOST_OF_A_NUMBER = 3
"""A mobile that more customers than this have tells nobody (E1)."""

_LOCKED = ("id18", "mobile", "organisation", "vin")
_TURNS = 1024
"""An import names thousands of keys in one transaction."""

_SAME_KEY = text(
    f"""
    WITH asked AS (
         SELECT kind, key FROM jsonb_to_recordset(CAST(:keys AS jsonb)) AS given(kind text, key text)),
    found AS (
         SELECT near.customer_id FROM asked
          CROSS JOIN LATERAL (SELECT s.customer_id FROM search_key s
                               WHERE s.kind = asked.kind AND s.key = asked.key LIMIT :most) near
          WHERE asked.kind NOT IN ('vin', 'plate')
         UNION
         SELECT p.customer_id FROM asked JOIN vehicle v ON v.vin = asked.key
           JOIN vehicle_party p ON p.vehicle_id = v.id
          WHERE asked.kind = 'vin'
         UNION
         SELECT p.customer_id FROM asked JOIN vehicle_plate n ON n.plate = asked.key AND n.until IS NULL
           JOIN vehicle_party p ON p.vehicle_id = n.vehicle_id
          WHERE asked.kind = 'plate')
    SELECT c.*, {key_beside("c.id")}, his.vehicles, met.met_on
      FROM found JOIN customer c ON c.id = found.customer_id AND c.status = 'active'
      LEFT JOIN LATERAL (
           SELECT jsonb_agg(jsonb_build_object('vin', v.vin, 'role', p.role, 'since', p.since, 'until', p.until,
                                               'plate', n.plate)) AS vehicles
             FROM vehicle_party p JOIN vehicle v ON v.id = p.vehicle_id
             LEFT JOIN vehicle_plate n ON n.vehicle_id = v.id AND n.until IS NULL
            WHERE p.customer_id = c.id) his ON true
      LEFT JOIN LATERAL (
           SELECT greatest(g.sold_at, g.last_service_at, g.last_contact_at)::date AS met_on
             FROM glance g WHERE g.customer_id = c.id) met ON true
    """  # noqa: S608  # a constant of this service
)


class Found(NamedTuple):
    """A record that may be meant, and what speaks for and against it."""

    record: Record
    match: Match


@dataclass(slots=True)
class Candidate:
    """A known record with what it brings to a comparison."""

    record: Record
    facts: Facts


@dataclass(slots=True)
class Known:
    """Known records by their keys."""

    at: date
    _by_id: dict[UUID, Candidate] = field(default_factory=dict)
    _by_key: dict[tuple[str, str], set[UUID]] = field(default_factory=dict)

    def keep(self, candidate: Candidate) -> None:
        """Know this record, in this version."""
        self._by_id[candidate.record.id] = candidate
        for key in blocking_keys(candidate.facts):
            self._by_key.setdefault(key, set()).add(candidate.record.id)

    def of(self, customer_id: UUID) -> Candidate:
        """The known record."""
        return self._by_id[customer_id]

    def bearers(self, kind: str, key: str) -> list[Candidate]:
        """The known records with this key."""
        return [self._by_id[one] for one in sorted(self._by_key.get((kind, key), ()))]

    def worn(self, number: str) -> bool:
        """True for a mobile that more customers have than belong together: it tells nobody (E1)."""
        return len(self._by_key.get(("mobile", number), ())) > MOST_OF_A_NUMBER

    def telling(self, facts: Facts) -> Facts:
        """The facts with numbers of many as shared ones, and without those that stand for none."""
        if not any(
            one.kind in STRONG and (self.worn(one.number) or stands_for_none(one.number)) for one in facts.phones
        ):
            return facts
        phones = (
            replace(one, shared=True) if one.kind in STRONG and self.worn(one.number) else one
            for one in facts.phones
            if not stands_for_none(one.number)
        )
        return replace(facts, phones=tuple(phones))

    def compare(self, one: Facts, other: Facts) -> Match:
        """What two of them have in common, by what the numbers they share tell."""
        return matching.compare(self.telling(one), self.telling(other), at=self.at)

    def alike(self, facts: Facts) -> list[Found]:
        """The records that are, or may be, the one these facts are of; surest first."""
        facts = self.telling(facts)
        near = {one for key in blocking_keys(facts) for one in self._by_key.get(key, ())}
        found = [
            Found(self._by_id[one].record, matching.compare(facts, self.telling(self._by_id[one].facts), at=self.at))
            for one in sorted(near)
        ]
        return sorted(
            (one for one in found if one.match.decision is not Decision.NEW),
            key=lambda one: (one.match.decision is not Decision.LINK, -one.match.points),
        )


def lock(session: Session, facts: Iterable[Facts]) -> None:
    """Wait for whoever is registering somebody with the same number, card or vehicle."""
    keys = {f"{kind} {key}" for one in facts for kind, key in blocking_keys(one) if kind in _LOCKED}
    turns.take(session, "identity", keys, among=_TURNS)


def known_to(session: Session, facts: Sequence[Facts], *, at: date) -> Known:
    """Every record that shares a key with any of these."""
    keys = {key for one in facts for key in blocking_keys(one)}
    known = Known(at)
    asked = as_json([{"kind": kind, "key": key} for kind, key in sorted(map(kept, keys))])
    for row in session.execute(_SAME_KEY, {"keys": asked, "most": MOST_OF_A_KEY}).mappings():
        known.keep(candidate_of(row))
    return known


def candidate_of(row: Any) -> Candidate:
    """A record with its vehicles, from a row of the search."""
    record = record_of(row)
    his = row["vehicles"] or ()
    vehicles = [_vehicle(one) for one in his]
    plates = [plate.read(one["plate"], imported=True) for one in his if one["plate"]]
    return Candidate(record, record.facts(vehicles, plates, met_on=row.get("met_on")))


def _vehicle(one: dict[str, Any]) -> KnownVehicle:
    return KnownVehicle(one["vin"], Role(one["role"]), since=_day(one["since"]), until=_day(one["until"]))


def _day(moment: str | None) -> date | None:
    return date.fromisoformat(moment[:10]) if moment else None
