"""Searching for a number that answers mask is reading it: rationed, and in the access log (docs/decisions/0020).

What newly gives somebody by a phone is judged in memory and written down within `WRITTEN_WITHIN`, many at once:
a desk asks so all day, and what it gets is masked. A card, and a phone that nobody has, are how numbers are guessed:
these are judged and written under a lock, before the answer. Nobody pays for names, plates and VINs.
"""

from __future__ import annotations

import threading
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b, sha256
from typing import Any
from uuid import UUID

from prometheus_client import Counter as Counts
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.process import logs
from chassis.store import policies
from chassis.store.database import Database
from chassis.store.policies import GROUP
from contracts.gateway.policies import SEARCH_RATION, SearchRation
from gateway import access_log
from gateway.access_log import NOBODY, Access, Link
from gateway.errors import SearchLimit
from gateway.filing import Told, searches_in
from gateway.search_ration import HOUR, By, Day, Search, day_of, require

log = logs.get("searches")

WRITTEN_WITHIN = 0.5
READ_AGAIN = 30.0
"""Seconds after which another gateway's answers and a policy published there are known here."""
MOST_WAITING = 20_000
MOST_REMEMBERED = 2_000
"""People whose day is remembered in this process."""

REFUSED = Counts("crm_searches_refused_total", "Searches by a number beyond the ration of who asked", ["by"])

_RATIONED = frozenset(by.value for by in By)
_SAID = {
    By.TAIL: "按电话后四位查询",
    By.PHONE: "按完整电话查询",
    By.CARD: "按完整证件号查询",
    By.PHONE_FILED: "登记电话时查得",
    By.CARD_FILED: "登记证件号时查得",
}
_FILED = {By.PHONE_FILED: By.PHONE, By.CARD_FILED: By.CARD}
"""What was looked up and is then filed is one number, and costs once. Of those that nobody has the record tells."""
_NOT_FOUND = "(查无此号)"

_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('searched'), hashtext(:staff_id))")
_ASKED = text(
    """
    SELECT what, kind, missed, at, day FROM searched
     WHERE staff_id = :staff_id AND day >= :day - 1 AND (day = :day OR at > :hour_ago)
    """
)
_KEEP = text(
    """
    INSERT INTO searched (staff_id, day, what, kind, missed, at)
    SELECT * FROM unnest(CAST(:staff AS text[]), CAST(:days AS date[]), CAST(:whats AS bytea[]),
                         CAST(:kinds AS text[]), CAST(:missed AS boolean[]), CAST(:moments AS timestamptz[]))
    ON CONFLICT (staff_id, day, what) DO UPDATE SET missed = false WHERE searched.missed AND NOT excluded.missed
    """
)
_FORGET = text("DELETE FROM searched WHERE day < :day - 1")


def of_look_up(asked: Mapping[str, Any], answer: Mapping[str, Any]) -> Search | None:
    """The search that a look-up is, if it is one by a number."""
    by = answer["searched_by"]
    if not by or by[0] not in _RATIONED:
        return None
    return Search(By(by[0]), asked["q"], frozenset(hit["customer_id"] for hit in answer["items"]))


def of_prefill(asked: Mapping[str, Any], answer: Mapping[str, Any]) -> Search | None:
    """The search that a prefill by a card is."""
    if asked.get("id_no") is None:
        return None
    bearer = answer["bearer"]
    return Search(By.CARD, asked["id_no"], frozenset((bearer["customer_id"],) if bearer else ()))


def of_end_phone(asked: Mapping[str, Any], code: str) -> Search | None:
    """The search that a number is which cannot be ended: the refusal says whether it is the customer's."""
    if code not in ("PHONE_NOT_FOUND", "PHONE_IS_MAIN"):
        return None
    his = frozenset((str(UUID(asked["customer_id"])),) if code == "PHONE_IS_MAIN" else ())
    return Search(By.PHONE, asked["number"], his)


def of_split(asked: Mapping[str, Any], code: str) -> Search | None:
    """The search that phones are in a split that fails: by what it fails on it says whether they are the customer's."""
    if code not in ("FACT_NOT_HIS", "DOCUMENT_NOT_HIS"):
        return None  # among others for a request of another shape
    phones = [*asked.get("phones", ()), *asked.get("shared_phones", ())]
    return Search(By.PHONE, " ".join(phones), frozenset()) if phones else None


@dataclass(frozen=True, slots=True)
class Asking:
    """Who searches, by what operation and request."""

    staff_id: str
    operation: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that is to be written down; `what` stands for the number."""

    asking: Asking
    what: bytes
    search: Search
    at: datetime


@dataclass(slots=True)
class Known:
    """Somebody's day as this process knows it, and the ration as it was read with it."""

    day: Day
    ration: SearchRation
    read_at: float
    open: dict[bytes, int] = field(default_factory=dict)
    """Misses that no answer has confirmed yet, with how many commands that file them are under way."""

    def knows(self, what: bytes, search: Search) -> bool:
        """True if the same was asked today and gave no less; what is not answered yet may still be taken back."""
        return self.day.knows(what, search) and (what in self.day.given or what not in self.open)

    def begin(self, what: bytes, search: Search, *, now: datetime) -> None:
        """A command files this number: a miss until the answer says otherwise."""
        if search.by in self.day.missed:
            self.day.note(what, search, now=now)
            self.open[what] = self.open.get(what, 0) + 1

    def end(self, what: bytes, search: Search, *, missed: bool) -> bool:
        """That command is over; True if it is by this answer that the miss stands. The last one takes it back."""
        if what not in self.open:
            return False
        self.open[what] -= 1
        if missed or not self.open[what]:
            del self.open[what]
        if not missed and what not in self.open:
            self.day.take_back(what, search)
        return missed


class Searches:
    """Rations searches by a number, and writes them down."""

    def __init__(self, database: Database, *, secret: str) -> None:
        self._database = database
        self._secret = sha256(f"searches {secret}".encode()).digest()
        self._known: dict[str, Known] = {}
        self._waiting: list[Answered] = []
        self._writing = threading.Lock()
        self._fails = False

    def admit(self, search: Search, asking: Asking, *, now: datetime) -> None:
        """Count the search and see to its entry. Raises SearchLimit."""
        if search.by is By.TAIL and not search.customers:
            return
        answered, known = Answered(asking, self._stands_for(search), search, now), self._of(asking, now=now)
        if known.knows(answered.what, search):
            return
        at_once = search.by is By.CARD or not search.customers or self._fails or len(self._waiting) >= MOST_WAITING
        try:
            if at_once:
                self._write_first(answered)
            else:
                require(known.day, search, ration=known.ration, now=now)
                self._waiting.append(answered)
                known.day.note(answered.what, search, now=now)
        except SearchLimit as refusal:
            _tell_refused(search.by, asking, refusal)
            raise

    def require_guess(self, asking: Asking, *, now: datetime) -> None:
        """Raise SearchLimit if his misses of phones are used up: a command may not say that he guessed right."""
        self._require(self._of(asking, now=now), {By.PHONE: 1}, asking, now=now)

    @contextmanager
    def filing(self, filed: Sequence[Search], asking: Asking, *, now: datetime) -> Iterator[Callable[[Told], None]]:
        """Around a command that writes numbers into a record and tells by its answer whether somebody has them.

        It is refused before it runs: what is done cannot be. Whoever runs it hands in what it told; if that was
        a refusal that tells of phones, this may be the refusal instead. Raises SearchLimit.
        """
        if self._fails:
            self.write()
        known, told = self._of(asking, now=now), [Told()]
        mine = {what: one for one in filed if not known.knows(what := self._stands_for(one), one)}
        self._require(known, Counter(one.by for what, one in mine.items() if what not in known.open), asking, now=now)
        for what, one in mine.items():
            known.begin(what, one, now=now)
        try:
            yield told.append
        finally:
            self._filed(known, mine, searches_in(filed, told[-1]), asking, done=told[-1].done, now=now)

    def _filed(
        self,
        known: Known,
        mine: Mapping[bytes, Search],
        searches: Sequence[Search],
        asking: Asking,
        *,
        done: bool,
        now: datetime,
    ) -> None:
        each = {self._stands_for(one): one for one in searches}
        stand = {what for what, one in each.items() if not one.customers}
        new = {what: one for what, one in mine.items() if known.end(what, one, missed=what in stand)}
        self._waiting += [Answered(asking, what, one, now) for what, one in new.items()]
        new = {what: one for what, one in each.items() if not known.knows(what, one) and known.day.counts(one)}
        if not done and (phones := [one for one in new.values() if one.by is not By.CARD_FILED]):
            guesses = sum(one.by is By.PHONE for one in phones)
            self._require(known, {By.PHONE: max(1, guesses)}, asking, now=now)
        for what, one in new.items():
            known.day.note(what, one, now=now)
        self._waiting += [Answered(asking, what, one, now) for what, one in new.items()]

    def _require(self, known: Known, misses: Mapping[By, int], asking: Asking, *, now: datetime) -> None:
        """Raise SearchLimit if so many more that nobody has are beyond the ration."""
        for by, many in misses.items():
            try:
                require(known.day, Search(by, "", frozenset()), ration=known.ration, now=now, many=many)
            except SearchLimit as refusal:
                _tell_refused(by, asking, refusal)
                raise

    def _of(self, asking: Asking, *, now: datetime) -> Known:
        known = self._known.get(asking.staff_id)
        if known is None or known.day.of != day_of(now) or time.monotonic() - known.read_at > READ_AGAIN:
            return self._database.run(lambda session: self._read(session, asking.staff_id, now=now))
        return known

    def write(self) -> None:
        """Write down what waits for it, and wait for who is at it; what fails waits on.

        Until it works again nothing is answered before it is written.
        """
        with self._writing:
            waiting, self._waiting = self._waiting, []
            if not waiting:
                return
            try:
                written = self._database.run(lambda session: _write(session, waiting))
            except BaseException:
                self._waiting, self._fails = waiting + self._waiting, True
                raise
            self._fails = False
        _tell(written)

    def run(self, stopping: threading.Event) -> None:
        """Write down what is answered, until the process stops."""
        while not stopping.wait(WRITTEN_WITHIN):
            try:
                self.write()
            except Exception as error:  # noqa: BLE001  # whatever it is, the next turn tries again
                log.warning("searches not written down, next turn will try again", error=logs.describe(error))

    def forget(self) -> None:
        """Read the ration anew: another was published."""
        for known in self._known.values():
            known.read_at = float("-inf")

    def _stands_for(self, search: Search) -> bytes:
        """Finds the same asking again, and does not tell the number."""
        signs = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", search.typed))).upper()
        by = _FILED.get(search.by, search.by)
        return blake2b(f"{by} {signs}".encode(), key=self._secret, digest_size=16).digest()

    def _read(self, session: Session, staff_id: str, *, now: datetime) -> Known:
        """Add what the database knows of his day to what this process knows."""
        today = day_of(now)
        rows = session.execute(_ASKED, {"staff_id": staff_id, "day": today, "hour_ago": now - HOUR}).all()
        ration = policies.resolve(session, SEARCH_RATION, store_id=GROUP, at=now)
        known = self._known.get(staff_id)
        if known is None or known.day.of != today:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            known = self._known[staff_id] = Known(Day(today), ration, 0.0)
        known.ration, known.read_at = ration, time.monotonic()
        for row in rows:
            if row.missed:
                known.day.missed[By(row.kind)].setdefault(row.what, row.at)
            elif row.day == today:
                known.day.given.setdefault(row.what, None)
        return known

    def _write_first(self, answered: Answered) -> None:
        """One such search of a person after the other, in all processes."""
        staff_id, search, now = answered.asking.staff_id, answered.search, answered.at

        def work(session: Session) -> tuple[Day, list[tuple[Access, Link]]]:
            session.execute(_LOCK, {"staff_id": staff_id})
            known = self._read(session, staff_id, now=now)
            if known.knows(answered.what, search):
                return known.day, []
            require(known.day, search, ration=known.ration, now=now)
            return known.day, _write(session, [answered])

        day, written = self._database.run(work)
        if written:
            day.note(answered.what, search, now=now)
            _tell(written)


def _write(session: Session, answered: Sequence[Answered]) -> list[tuple[Access, Link]]:
    """Keep what was asked; of each person's answers by one way one entry, which names everybody they gave."""
    rows = sorted({(one.asking.staff_id, day_of(one.at), one.what): one for one in answered}.items())
    session.execute(
        _KEEP,
        {
            "staff": [staff_id for (staff_id, _, _), _ in rows],
            "days": [day for (_, day, _), _ in rows],
            "whats": [what for (_, _, what), _ in rows],
            "kinds": [one.search.by.value for _, one in rows],
            "missed": [not one.search.customers for _, one in rows],
            "moments": [one.at for _, one in rows],
        },
    )
    groups: dict[tuple[str, str, By], list[Answered]] = defaultdict(list)
    for one in answered:
        if one.search.by in _FILED and not one.search.customers:
            continue
        groups[one.asking.staff_id, one.asking.operation, one.search.by].append(one)
    entries = [(_entry(group), group[-1].at) for group in groups.values()]
    return [(entry, access_log.write(session, entry, now=at)) for entry, at in entries]


def _entry(group: Sequence[Answered]) -> Access:
    last = group[-1]
    customers = sorted(set().union(*(one.search.customers for one in group)))
    many = f" ×{len(group)}" if len(group) > 1 else ""
    return Access(
        staff_id=last.asking.staff_id,
        operation=last.asking.operation,
        subject_id=customers[0] if len(customers) == 1 else NOBODY,
        reason=f"{_SAID[last.search.by]}{many}{'' if customers else _NOT_FOUND}",
        request_id=last.asking.request_id,
        customers=tuple(map(UUID, customers)) if len(customers) > 1 else (),
    )


def _tell_refused(by: By, asking: Asking, refusal: SearchLimit) -> None:
    REFUSED.labels(by.value).inc()
    said = {"operation": asking.operation, "staff_id": asking.staff_id, "correlation_id": asking.request_id}
    log.warning("not answered: more searches by a number than his ration", **said, **refusal.details)


def _tell(written: Sequence[tuple[Access, Link]]) -> None:
    for access, link in written:
        access_log.tell(access, link)


def sweep(session: Session, *, now: datetime) -> None:
    """Forget what was asked before yesterday."""
    session.execute(_FORGET, {"day": day_of(now)})
