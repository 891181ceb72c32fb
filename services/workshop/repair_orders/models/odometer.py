"""What a vehicle's odometer showed in the workshop, as its order keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from contracts.odometer import Reading, ReadingStatus, WhichReading


class Odometer:
    """The readings of an order: as the vehicle was taken in, and with the work done once somebody read it.

    `first_km` is what was read first, where it was corrected; `km_reason` why.
    """

    id: Mapped[UUID]
    opened_at: Mapped[datetime]
    version: Mapped[int]
    km: Mapped[int]
    km_status: Mapped[ReadingStatus] = mapped_column(server_default=ReadingStatus.OK)
    first_km: Mapped[int | None]
    km_reason: Mapped[str] = mapped_column(server_default="")
    km_out: Mapped[int | None]
    km_out_at: Mapped[datetime | None]
    km_out_status: Mapped[ReadingStatus] = mapped_column(server_default=ReadingStatus.OK)

    @property
    def readings(self) -> dict[WhichReading, Reading]:
        """What the vehicle's odometer showed when it was taken in, and with the work done once somebody read it."""
        found = {WhichReading.IN: Reading(self.opened_at, f"{self.id}/{WhichReading.IN}", self.km)}
        if self.km_out is not None and self.km_out_at is not None:
            found[WhichReading.OUT] = Reading(self.km_out_at, f"{self.id}/{WhichReading.OUT}", self.km_out)
        return found

    def judge_by(self, judged: Mapping[Reading, ReadingStatus]) -> None:
        """Its readings are judged among all of the vehicle's."""
        statuses = {which: judged[reading] for which, reading in self.readings.items()}
        self.km_status = statuses[WhichReading.IN]
        self.km_out_status = statuses.get(WhichReading.OUT, ReadingStatus.OK)

    def read_out(self, km: int, *, now: datetime) -> None:
        """The odometer was read with the work done, as part of a step."""
        self.km_out, self.km_out_at = km, now

    def correct_km(self, *, km: int, reason: str, which: WhichReading = WhichReading.IN) -> None:
        """A reading was wrong; what was read first as the vehicle was taken in is kept."""
        if which is WhichReading.OUT:
            self.km_out = km
        else:
            self.first_km = self.km if self.first_km is None else self.first_km
            self.km = km
        self.km_reason = reason
        self.version += 1
