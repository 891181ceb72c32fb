"""The policies of all services under one address; and the gateway's own: how often a person may search by numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from contracts.access import Reach
from contracts.operation import command, query
from contracts.policies import (
    ListPolicies,
    PolicyByCode,
    PolicyEffect,
    PublishedPolicy,
    PublishPolicy,
    policy,
)
from contracts.shapes import Between, Called

_Ration = Between(0, 1_000_000)


@dataclass(frozen=True, slots=True)
class SearchRation:
    """How many searches by a number one person makes, in the whole group.

    `given_a_day` are answers that newly give somebody by four digits of a phone or by a whole number;
    misses are whole numbers that nobody has, cards filed those of them that he writes into records.
    Names, plates and VINs are not rationed.
    """

    given_a_day: Annotated[int, _Ration, Called("每日按号码查得人数", "People found by numbers in a day")] = 300
    phone_misses_an_hour: Annotated[int, _Ration, Called("每小时查无此电话次数", "Phones nobody has, an hour")] = 30
    phone_misses_a_day: Annotated[int, _Ration, Called("每日查无此电话次数", "Phones nobody has, a day")] = 120
    card_misses_an_hour: Annotated[int, _Ration, Called("每小时查无此证件号次数", "Cards nobody has, an hour")] = 10
    card_misses_a_day: Annotated[int, _Ration, Called("每日查无此证件号次数", "Cards nobody has, a day")] = 40
    cards_filed_an_hour: Annotated[int, _Ration, Called("每小时新登记证件号数", "Cards newly filed, an hour")] = 30
    cards_filed_a_day: Annotated[int, _Ration, Called("每日新登记证件号数", "Cards newly filed, a day")] = 120


SEARCH_RATION = policy(
    "SEARCH_RATION",
    SearchRation(),
    service="gateway",
    zh="按号码查询的每人限量",
    en="How many searches by a number one person makes",
    changes_zh="此后的查询按新限量计算,当日已查询的计入",
    changes_en="Searches from then on are counted by it, with those already made that day",
    presets={"BUSY_COUNTER": SearchRation(given_a_day=600)},
)
"""By the real clock, in a test system too: it is a brake on guessing."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A value that many work by."""

    name: str
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy: what it is, what its value looks like, and how it stands.

    `schema` is the value's JSON Schema, with titles for a form in both languages. `may_publish` is how far the caller
    may publish it: a store's value with `store` or `dealer`, the group's with `group`; null not at all.
    """

    code: str
    service: str
    zh: str
    en: str
    per_store: bool
    schema: dict[str, Any]
    default: dict[str, Any]
    presets: list[Preset]
    may_publish: Reach | None
    value: dict[str, Any]
    in_force: PublishedPolicy | None
    coming: list[PublishedPolicy]


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies of the services that answered; `unanswered` names the others."""

    items: list[Policy]
    unanswered: list[str]


@dataclass(frozen=True, slots=True)
class PolicyHistory:
    """A policy, and a page of all that was published of it, the latest to take effect first."""

    policy: Policy
    items: list[PublishedPolicy]
    page: int
    size: int
    total: int


list_policies = query(
    "gateway.list_policies", ListPolicies, Policies, summary="What dealers may set, of all services, and how it stands"
)
get_policy = query(
    "gateway.get_policy",
    PolicyByCode,
    PolicyHistory,
    refuses=("POLICY_NOT_FOUND",),
    summary="One policy with its history",
)
publish_policy = command(
    "gateway.publish_policy",
    PublishPolicy,
    PolicyEffect,
    refuses=("POLICY_UNKNOWN", "POLICY_OF_GROUP", "POLICY_IN_PAST", "POLICY_EXISTS", "STORE_UNKNOWN"),
    summary="Set a policy for a store or the group, from now or a later moment on; or see what that would change",
)
