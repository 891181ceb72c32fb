"""What an order's delivery takes: its plan, its steps with their changes, and the promises that were moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.organisation.calendar import Calendar
from chassis.process.clock import LOCAL
from contracts.picked import shaped
from contracts.refusals import StaleVersion
from contracts.sales.deliveries import StageNoted
from contracts.sales.policies import DeliverySteps, StepTime
from contracts.sales.steps import (
    DeliveryRisk,
    DeliveryTerms,
    PaidPart,
    PlateStage,
    PromiseReason,
    StepAct,
    StepCode,
    StepState,
)
from contracts.shapes import plain
from services.sales.declared import Base
from services.sales.steps.forecast import Deal, Standing, forecast, reserve_left, risk, working_end
from services.sales.steps.rules.graph import STEPS, after_keys, before, before_handover, before_ready, needed

_RISKS = list(DeliveryRisk)
_SENT_BACK = (StepAct.FAIL, StepAct.REDO, StepAct.REOPEN, StepAct.REQUIRE)
"""After these a step's time begins again."""


class DeliveryPlan(Base):
    """How far an order's delivery is, reckoned when something was done and when `look_at` is past (C5).

    `days_left` are those between the day the keys can be given (`ready_on`) and the promised one; `holds` is the step
    that everything waits for. `told_risk` is the highest level told of for this promise, `untold` that a higher one
    waits for the clock. `ended_at` is when the keys were given.
    """

    __tablename__ = "delivery_plan"
    __table_args__ = (
        Index(
            "delivery_plan_by_reserve", "store_id", "days_left", "order_id", postgresql_where=text("ended_at IS NULL")
        ),
        Index(
            "delivery_plan_by_promise", "store_id", "promised_on", "order_id", postgresql_where=text("ended_at IS NULL")
        ),
        Index("delivery_plan_to_look_at", "look_at", postgresql_where=text("ended_at IS NULL")),
        Index("delivery_plan_to_tell", "order_id", postgresql_where=text("ended_at IS NULL AND untold")),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"), primary_key=True)
    store_id: Mapped[str]
    terms: Mapped[dict[str, Any]]
    reserve_days: Mapped[int]
    signed_at: Mapped[datetime]
    half_paid_at: Mapped[datetime | None]
    promised_on: Mapped[date]
    ready_on: Mapped[date | None]
    days_left: Mapped[int]
    risk: Mapped[DeliveryRisk]
    told_risk: Mapped[DeliveryRisk]
    untold: Mapped[bool]
    holds: Mapped[StepCode]
    provisional: Mapped[bool]
    look_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    steps: Mapped[list[DeliveryStep]] = relationship(back_populates="plan", lazy="joined")

    @classmethod
    def begin(
        cls,
        policy: DeliverySteps,
        *,
        order_id: UUID,
        store_id: str,
        terms: DeliveryTerms,
        promised_on: date,
        now: datetime,
    ) -> DeliveryPlan:
        """The plan of an order that was signed just now, by the policy of this moment."""
        return cls(
            order_id=order_id,
            store_id=store_id,
            terms=plain(terms),
            reserve_days=policy.reserve_days,
            signed_at=now,
            half_paid_at=None,
            promised_on=promised_on,
            told_risk=DeliveryRisk.ON_TRACK,
            ended_at=None,
            steps=[
                DeliveryStep.begin(one, order_id=order_id, terms=terms)
                for one in {step.code: step for step in policy.steps}.values()
            ],
        )

    @property
    def agreed(self) -> DeliveryTerms:
        """What was agreed with the customer."""
        return shaped(DeliveryTerms, self.terms)

    @property
    def in_order(self) -> list[DeliveryStep]:
        """All steps, in the order in which they are shown."""
        known = {one.code: one for one in self.steps}
        return [known[code] for code in StepCode if code in known]

    @property
    def by_code(self) -> dict[StepCode, DeliveryStep]:
        """The steps the order needs, in their order."""
        return {one.code: one for one in self.in_order if one.state is not StepState.NOT_REQUIRED}

    def undone(self, codes: Sequence[StepCode]) -> list[StepCode]:
        """Those of these steps that are not done."""
        required = self.by_code
        return [code for code in codes if required[code].state is not StepState.DONE]

    def waits_for(self, code: StepCode) -> list[StepCode]:
        """What the step waits for itself, and is not done."""
        return self.undone(before(code, self.by_code, terms=self.agreed))

    def is_open(self, code: StepCode) -> bool:
        """True while something may be done to the step: until the keys, and a plate that comes after them."""
        return self.ended_at is None or code in after_keys(self.agreed)

    def before_handover(self) -> list[StepCode]:
        """What is left to do before the keys are given."""
        return self.undone(before_handover(self.by_code, terms=self.agreed))

    @property
    def is_ready(self) -> bool:
        """True if the car stands ready, and only the customer is waited for (C4).

        A store that keeps no step for the handover does not say so.
        """
        return StepCode.HANDOVER in self.by_code and not self.undone(before_ready(self.by_code, terms=self.agreed))

    def reckon(self, store: Calendar, *, now: datetime) -> None:
        """Say anew when everything is due and the keys can be given, and whether the promise is at risk (C5)."""
        deal = Deal(self.agreed, self.signed_at, self.half_paid_at)
        standings = {
            one.code: Standing(one.state, one.half_days, one.done_at, one.since, one.expected_on, one.counts_from)
            for one in self.steps
        }
        found = forecast(standings, deal, store=store, now=now)
        for step in self.steps:
            step.due_at = found.due.get(step.code, step.due_at)
            if step.code is StepCode.HANDOVER and step.state is not StepState.DONE:
                step.due_at = self._when_promised(step.due_at, store)
            step.planned_at = step.planned_at or step.due_at
            step.its_turn = step.code in found.turns
        self.ready_on, self.holds, self.provisional = found.ready_on, found.holds, found.provisional
        self.days_left, self.look_at = reserve_left(self.promised_on, found.ready_on), found.look_at(now)
        self.risk = risk(days_left=self.days_left, reserve_days=self.reserve_days, holds=found.holds)
        self.untold = _RISKS.index(self.risk) > _RISKS.index(self.told_risk)

    def _when_promised(self, ready: datetime | None, store: Calendar) -> datetime | None:
        """Keys that are ready before their day are given on it: until then nobody is late."""
        promised = working_end(datetime.combine(self.promised_on, time.min, LOCAL), 0, store)
        return ready if ready is None or promised is None else max(ready, promised)

    def tell(self) -> None:
        """Its risk was told of."""
        self.told_risk, self.untold = self.risk, False

    def promise(self, day: date) -> None:
        """It is promised for another day; of that promise nothing was told yet (R48)."""
        self.promised_on, self.told_risk = day, DeliveryRisk.ON_TRACK


class DeliveryStep(Base):
    """A step of an order (C5). `planned_at` is what was first reckoned, `due_at` what is reckoned now.

    `counts_from` is the payment from which its time runs, if it runs from one. `since` is when it was last sent back;
    `effective_from` and `effective_until` are when the insurance with the
    `insurer` begins and ends, `plate` what was issued, `stages` the days of a registration's stages.
    """

    __tablename__ = "delivery_step"
    __table_args__ = (
        UniqueConstraint("order_id", "code", name="delivery_step_once"),
        Index("delivery_step_by_turn", "code", "due_at", postgresql_where=text("its_turn")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("delivery_plan.order_id"))
    code: Mapped[StepCode]
    state: Mapped[StepState]
    half_days: Mapped[int]
    its_turn: Mapped[bool]
    planned_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    since: Mapped[datetime | None]
    expected_on: Mapped[date | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    reason: Mapped[str]
    evidence: Mapped[str]
    effective_from: Mapped[datetime | None]
    plate: Mapped[str | None]
    stages: Mapped[dict[str, Any]]
    version: Mapped[int]
    effective_until: Mapped[datetime | None]
    insurer: Mapped[str] = mapped_column(server_default="")
    counts_from: Mapped[PaidPart | None]
    plan: Mapped[DeliveryPlan] = relationship(back_populates="steps")

    @classmethod
    def begin(cls, wanted: StepTime, *, order_id: UUID, terms: DeliveryTerms) -> DeliveryStep:
        """A step of a new order."""
        return cls(
            id=uuids.uuid7(),
            order_id=order_id,
            code=wanted.code,
            state=StepState.PENDING if needed(wanted.code, terms) else StepState.NOT_REQUIRED,
            half_days=wanted.half_days,
            counts_from=wanted.counts_from.part or STEPS[wanted.code].counts_from,
            its_turn=False,
            reason="",
            evidence="",
            stages={},
            version=1,
            insurer="",
        )

    @property
    def noted(self) -> list[StageNoted]:
        """The stages of a registration that are over, in their order (R44)."""
        days = {stage: self.stages[stage] for stage in PlateStage if stage in self.stages}
        return [StageNoted(stage, date.fromisoformat(on)) for stage, on in days.items()]

    def is_late(self, now: datetime) -> bool:
        """True if its turn has come, and its time is over."""
        return self.its_turn and self.due_at is not None and now > self.due_at

    def require_version(self, expected: int | None) -> None:
        """Raise StaleVersion if the caller looked at an older step."""
        if expected is not None and expected != self.version:
            raise StaleVersion(expected=expected, version=self.version)

    def move(self, to: StepState, act: StepAct, *, by: str, reason: str = "", now: datetime) -> StepChange:
        """It stands elsewhere now; the entry of its history, which the caller adds."""
        change = StepChange(
            id=uuids.uuid7(),
            order_id=self.order_id,
            code=self.code,
            at=now,
            by=by,
            act=act,
            from_state=self.state,
            to_state=to,
            reason=reason,
        )
        self.state, self.reason = to, reason
        self.version += 1
        self.expected_on = None
        done = to is StepState.DONE
        self.done_at, self.done_by = (now, by) if done else (None, None)
        if act in _SENT_BACK:
            self.since, self.plate = now, None
            self.effective_from = self.effective_until = None
            self.insurer = ""
        return change


class StepChange(Base):
    """What was done to a step, by whom and why."""

    __tablename__ = "step_change"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("delivery_plan.order_id"), index=True)
    code: Mapped[StepCode]
    at: Mapped[datetime]
    by: Mapped[str]
    act: Mapped[StepAct]
    from_state: Mapped[StepState]
    to_state: Mapped[StepState]
    reason: Mapped[str]


class HandoverCheck(Base):
    """An item of the checklist that somebody saw to, and when (R46)."""

    __tablename__ = "handover_check"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("delivery_plan.order_id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]


class PromiseChange(Base):
    """A delivery was promised for another day, by whom and why; `excuses` us of the first promise (R48)."""

    __tablename__ = "promise_change"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    from_day: Mapped[date]
    to_day: Mapped[date]
    reason: Mapped[PromiseReason]
    remark: Mapped[str]
    excuses: Mapped[bool]
