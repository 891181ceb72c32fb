"""Events of the workshop service."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from contracts.envelope import event


@dataclass(frozen=True, slots=True)
class WorkTold:
    """A line of work that passed quality control: its codes (`contracts/workshop/jobs.py`), and who did it.

    Of what nobody classed both are null.
    """

    position: int
    job_class: str | None
    fault_group: str | None
    technicians: list[str]


@event(producer="workshop", name="repair_order_opened", version=1, subject="repair_order")
class RepairOrderOpened:
    """A vehicle was taken in."""

    ro_id: UUID
    number: str
    vehicle_id: UUID
    customer_id: UUID
    advisor_id: str
    km: int


@event(producer="workshop", name="odometer_recorded", version=1, subject="repair_order")
class OdometerRecorded:
    """A vehicle's odometer was read in the workshop, at `read_at`: as it was taken in, or with the work done.

    `reading` is `in` or `out`, `status` whether it fits what the workshop read of the vehicle before (OK, LOWER,
    IMPLAUSIBLE); one that does not is no ground for anything until it is corrected or another fits it.
    """

    ro_id: UUID
    vehicle_id: UUID
    customer_id: UUID
    km: int
    read_at: datetime
    reading: str
    status: str


@event(producer="workshop", name="repair_order_km_corrected", version=1, subject="repair_order")
class RepairOrderKmCorrected:
    """A reading of a repair order was wrong: it was `told_km` until now, and is `km`.

    `reading` says which: as the vehicle was taken in (`in`), or with the work done (`out`).
    """

    ro_id: UUID
    vehicle_id: UUID
    customer_id: UUID
    km: int
    told_km: int
    reading: str = "in"


@event(producer="workshop", name="repair_authorized", version=1, subject="repair_order")
class RepairAuthorized:
    """The customer agreed to the work, its price and the time promised; told again when he agrees to more."""

    ro_id: UUID
    customer_id: UUID
    amount_fen: int
    promised_at: datetime


@event(producer="workshop", name="repair_lines_changed", version=1, subject="repair_order")
class RepairLinesChanged:
    """The work on an open order was added to, changed or declined.

    `customer_fen` is what its customer would pay now, `authorized_fen` up to how much he agreed, `unanswered` how many
    lines wait for his word (R51). `beyond_fen` is by how much discounts are more than the work that is left, since the
    customer declined some by his link; 0 once that was mended, and absent where it never was so.
    """

    ro_id: UUID
    customer_id: UUID
    customer_fen: int
    authorized_fen: int
    unanswered: int
    beyond_fen: int | None = None
    advisor_id: str | None = None


@event(producer="workshop", name="repair_work_changed", version=1, subject="repair_order")
class RepairWorkChanged:
    """A line of an order was given to others, begun by somebody more, or is done; its stage is the same."""

    ro_id: UUID
    customer_id: UUID
    position: int | None


@event(producer="workshop", name="technician_clocked_on", version=1, subject="clocking")
class TechnicianClockedOn:
    """A technician began to work on a line, without `position` on the order as a whole."""

    clocking_id: UUID
    ro_id: UUID
    technician_id: str
    position: int | None


@event(producer="workshop", name="technician_clocked_off", version=1, subject="clocking")
class TechnicianClockedOff:
    """He stopped: he worked `worked_minutes` of the time since he began, without the store's breaks."""

    clocking_id: UUID
    ro_id: UUID
    technician_id: str
    position: int | None
    began_at: datetime
    ended_at: datetime
    worked_minutes: int


@event(producer="workshop", name="clocking_forgotten", version=1, subject="clocking")
class ClockingForgotten:
    """His clock still ran when the store closed: it was stopped then, and counts once somebody confirmed it."""

    clocking_id: UUID
    ro_id: UUID
    customer_id: UUID
    technician_id: str
    began_at: datetime
    ended_at: datetime


@event(producer="workshop", name="clocking_confirmed", version=1, subject="clocking")
class ClockingConfirmed:
    """When a forgotten clock really stopped: it counts from now on."""

    clocking_id: UUID
    ro_id: UUID
    technician_id: str
    position: int | None
    began_at: datetime
    ended_at: datetime
    worked_minutes: int


@event(producer="workshop", name="repair_parties_changed", version=1, subject="repair_order")
class RepairPartiesChanged:
    """Who brings the vehicle, or who pays a part of its repair, is another; who it is now is asked for."""

    ro_id: UUID
    customer_id: UUID


@event(producer="workshop", name="repair_stage_changed", version=1, subject="repair_order")
class RepairStageChanged:
    """The order came to a stage that has no event of its own (C7), or waits anew where it waited.

    `expected_at` is when what it waits for should be there.
    """

    ro_id: UUID
    customer_id: UUID
    from_stage: str
    to_stage: str
    expected_at: datetime | None = None


@event(producer="workshop", name="repair_cancelled", version=1, subject="repair_order")
class RepairCancelled:
    """The order was cancelled where it stood: the vehicle leaves without its work, and is not a workshop visit."""

    ro_id: UUID
    vehicle_id: UUID
    customer_id: UUID
    from_stage: str
    cancelled_at: datetime


@event(producer="workshop", name="promise_at_risk", version=1, subject="promise")
class PromiseAtRisk:
    """An order will hardly be ready as promised (`at_risk`), or will not (`late`): told once a level (C8).

    `eta` is when it is expected to be ready, null where nobody knows; `reason` what that hangs on. The subject is the
    promise of the order, by the order's identifier.
    """

    ro_id: UUID
    customer_id: UUID
    advisor_id: str
    promised_at: datetime
    eta: datetime | None
    risk: str
    reason: str


@event(producer="workshop", name="promise_renewed", version=1, subject="repair_order")
class PromiseRenewed:
    """The customer was promised another time than `told_before`; what counts is `first_promise`."""

    ro_id: UUID
    customer_id: UUID
    promised_at: datetime
    told_before: datetime
    first_promise: datetime


@event(producer="workshop", name="repair_ready", version=1, subject="repair_order")
class RepairReady:
    """The vehicle may be fetched."""

    ro_id: UUID
    customer_id: UUID
    ready_at: datetime
    first_promise: datetime


@event(producer="workshop", name="repair_settled", version=1, subject="repair_order")
class RepairSettled:
    """The invoice was made; this is what counts as a workshop visit (R7).

    `total_fen` is of all lines; `by_pay_type` says how much of it each payer bears, so that a figure may leave out
    what is internal (C18). Told again when the invoice was voided and made anew, it replaces what was told before;
    `settled_at` stays when it was made first, for a visit counts once and in its month. Who took the vehicle in and who
    worked on it is told for who is judged by it; before that was told, nobody.
    """

    ro_id: UUID
    vehicle_id: UUID
    customer_id: UUID
    total_fen: int
    settled_at: datetime
    by_pay_type: dict[str, int] = field(default_factory=dict)
    advisor_id: str | None = None
    worked_by: list[str] = field(default_factory=list)


@event(producer="workshop", name="settlement_voided", version=1, subject="repair_order")
class SettlementVoided:
    """The invoice of `total_fen` was wrong: the order is ready again and is settled anew. Its visit stands (R7)."""

    ro_id: UUID
    customer_id: UUID
    total_fen: int


@event(producer="workshop", name="repair_payment_confirmed", version=1, subject="repair_order")
class RepairPaymentConfirmed:
    """A payer of the order paid; `balance_fen` is what he still owes of it (C19)."""

    ro_id: UUID
    customer_id: UUID
    payment_id: UUID
    payer: str
    channel: str
    amount_fen: int
    balance_fen: int | None


@event(producer="workshop", name="repair_payment_reversed", version=1, subject="repair_order")
class RepairPaymentReversed:
    """A payment was taken back; `balance_fen` is null where no invoice stands, so that nobody knows what is owed."""

    ro_id: UUID
    customer_id: UUID
    payment_id: UUID
    payer: str
    channel: str
    amount_fen: int
    balance_fen: int | None


@event(producer="workshop", name="unpaid_allowed", version=1, subject="repair_order")
class UnpaidAllowed:
    """The vehicle may be handed back though its customer owes `balance_fen`."""

    ro_id: UUID
    customer_id: UUID
    balance_fen: int


@event(producer="workshop", name="vehicle_returned", version=1, subject="repair_order")
class VehicleReturned:
    """The customer has his vehicle back. The repair order is closed when nothing came after it for a week.

    Who took it in, who worked on it, and what was done are told for who is judged by it, and for what may come back;
    what was returned before they were told has none of them.
    """

    ro_id: UUID
    number: str
    vehicle_id: UUID
    customer_id: UUID
    km: int
    returned_at: datetime
    advisor_id: str | None = None
    worked_by: list[str] = field(default_factory=list)
    work: list[WorkTold] = field(default_factory=list)


@event(producer="workshop", name="repair_orders_rekeyed", version=1, subject="rekeying")
class RepairOrdersRekeyed:
    """Repair orders follow a change of customers' records (E8), `rows` of them.

    `kind` is merged, unmerged or split.
    """

    change_id: UUID
    kind: str
    part: int
    rows: int


@event(producer="workshop", name="comeback_suspected", version=1, subject="comeback")
class ComebackSuspected:
    """A line of an order may be work of ours done again (C9): a person says whether it is.

    The cause is the first repair of that fault: line `cause_position` of the order `cause_ro_id`. `technicians` did it,
    `judged` are they and who inspected it; it would be its `times`th comeback. Told again where the cause is another.
    """

    comeback_id: UUID
    ro_id: UUID
    customer_id: UUID
    vehicle_id: UUID
    position: int
    fault_group: str
    cause_ro_id: UUID
    cause_position: int
    times: int
    technicians: list[str]
    judged: list[str]


@event(producer="workshop", name="comeback_detected", version=1, subject="comeback")
class ComebackDetected:
    """A person said that it is one: the first repair failed, and the house pays this one (C9, FTFR in C18)."""

    comeback_id: UUID
    ro_id: UUID
    customer_id: UUID
    vehicle_id: UUID
    position: int
    fault_group: str
    cause_ro_id: UUID
    cause_position: int
    times: int
    technicians: list[str]


@event(producer="workshop", name="comeback_cleared", version=1, subject="comeback")
class ComebackCleared:
    """It is none: a person said so (`refuted`), or the work is not done, or is about something else (`withdrawn`).

    What was detected before counts no more.
    """

    comeback_id: UUID
    ro_id: UUID
    customer_id: UUID
    vehicle_id: UUID
    position: int
    state: str


@event(producer="workshop", name="guarantee_limit_neared", version=1, subject="guarantee")
class GuaranteeLimitNeared:
    """What is counted of a car's repairs under its guarantee came near the law's limit (三包; C9).

    `counter` is days (of all repairs), repairs (of one part, `fault_group`), or courtesy (days of the repair that goes
    on); `count` of `limit`, which the law allows; `rule` is the law that the car was sold under.
    """

    watch_id: UUID
    ro_id: UUID
    vehicle_id: UUID
    customer_id: UUID
    counter: str
    fault_group: str | None
    rule: str
    count: int
    limit: int


@event(producer="workshop", name="lemon_threshold_reached", version=1, subject="guarantee")
class LemonThresholdReached:
    """More days of repairs, or repairs of one part, than the law allows: its customer may give the car back (R50)."""

    watch_id: UUID
    ro_id: UUID
    vehicle_id: UUID
    customer_id: UUID
    counter: str
    fault_group: str | None
    rule: str
    count: int
    limit: int


@event(producer="workshop", name="courtesy_car_due", version=1, subject="guarantee")
class CourtesyCarDue:
    """A repair under guarantee takes longer than five days: a courtesy car is due, or money for the way (C9)."""

    watch_id: UUID
    ro_id: UUID
    vehicle_id: UUID
    customer_id: UUID
    counter: str
    fault_group: str | None
    rule: str
    count: int
    limit: int


@event(producer="workshop", name="guarantee_answered", version=1, subject="guarantee")
class GuaranteeAnswered:
    """Somebody said what was arranged."""

    watch_id: UUID
    ro_id: UUID
    vehicle_id: UUID
