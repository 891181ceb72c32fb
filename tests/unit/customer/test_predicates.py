"""Predicates of segments: what can be said, and how clearly it is refused (R18)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer.segments import rules
from services.customer.segments.queries import STANDS, condition
from services.customer.segments.rules import (
    FACTS,
    Check,
    Consented,
    Every,
    HasVehicle,
    Kind,
    NotAPredicate,
    Some,
    Without,
    masked_facts,
    moves_with_time,
    read,
)

VISITS = {"fact": "service_visits", "at_least": 4}


def test_the_commission_s_example_is_read():
    said = {
        "all": [
            {"vehicle": {"model": ["GL8"], "age": {"at_least": 3, "at_most": 4}}},
            VISITS,
            {"not": {"fact": "open_orders", "at_least": 1}},
        ]
    }
    assert read(said) == Every(
        (
            HasVehicle(("GL8",), 3, 4),
            Check("service_visits", (("at_least", 4),)),
            Without(Check("open_orders", (("at_least", 1),))),
        )
    )


def test_every_form_is_read():
    assert read({"any": [VISITS, {"consent": {"purpose": "marketing"}}]}) == Some(
        (Check("service_visits", (("at_least", 4),)), Consented("marketing", "any"))
    )
    assert read({"fact": "sold", "since": "2026-01-01", "before": "2026-07-01"}) == Check(
        "sold", (("since", date(2026, 1, 1)), ("before", date(2026, 7, 1)))
    )
    assert read({"vehicle": {"model": ["GL8"]}}) == HasVehicle(("GL8",), None, None)


@pytest.mark.parametrize(
    ("said", "place"),
    [
        (None, "predicate"),
        ({}, "predicate"),
        ({"every": []}, "predicate"),
        ({"all": [VISITS], "any": [VISITS]}, "predicate"),
        ({"all": []}, "predicate.all"),
        ({"all": [VISITS, {"fact": "luck"}]}, "predicate.all[1].fact"),
        ({"fact": "service_visits"}, "predicate.fact(service_visits)"),
        ({"fact": "service_visits", "has": "x"}, "predicate.fact(service_visits)"),
        ({"fact": "service_visits", "at_least": "4"}, "predicate.fact(service_visits).at_least"),
        ({"fact": "service_visits", "at_least": True}, "predicate.fact(service_visits).at_least"),
        ({"fact": "service_visits", "in": [1, -1]}, "predicate.fact(service_visits).in[1]"),
        ({"fact": "sold", "within_days": 10**9}, "predicate.fact(sold).within_days"),
        ({"fact": "sold", "since": "yesterday"}, "predicate.fact(sold).since"),
        ({"fact": "sold_by_us", "equals": "yes"}, "predicate.fact(sold_by_us).equals"),
        ({"fact": "tags", "has": "\x00"}, "predicate.fact(tags).has"),
        ({"fact": "store", "in": []}, "predicate.fact(store).in"),
        ({"vehicle": {}}, "predicate.vehicle"),
        ({"vehicle": {"age": {}}}, "predicate.vehicle.age"),
        ({"vehicle": {"age": {"at_least": None}}}, "predicate.vehicle.age.at_least"),
        ({"vehicle": {"colour": "red"}}, "predicate.vehicle"),
        ({"consent": {"channel": "sms"}}, "predicate.consent"),
        ({"not": {"not": {"not": {"not": {"not": {"not": VISITS}}}}}}, "predicate.not.not.not.not.not.not"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(said, place):
    with pytest.raises(NotAPredicate) as refused:
        read(said)
    assert refused.value.place == place
    assert refused.value.why


def test_there_is_a_bound_to_how_much_is_asked():
    with pytest.raises(NotAPredicate, match="at most 50"):
        read({"all": [{"all": [VISITS] * 30}, {"all": [VISITS] * 30}]})


@pytest.mark.parametrize(
    ("said", "moves"),
    [
        (VISITS, False),
        ({"fact": "sold", "since": "2026-01-01"}, False),
        ({"fact": "sold", "ever": True}, False),
        ({"fact": "birth_month", "in": [11]}, False),
        ({"vehicle": {"model": ["GL8"]}}, False),
        ({"fact": "sold", "within_days": 30}, True),
        ({"not": {"any": [VISITS, {"fact": "last_service", "more_days_ago": 180}]}}, True),
        ({"fact": "age", "at_least": 60}, True),
        ({"vehicle": {"age": {"at_least": 3}}}, True),
    ],
)
def test_it_is_known_which_move_with_time(said, moves):
    assert moves_with_time(read(said)) is moves


def test_it_is_known_which_tell_what_answers_mask():
    assert masked_facts(read({"not": {"fact": "spent_fen", "at_least": 1}})) == {"spent_fen": "spent"}
    assert masked_facts(read({"any": [VISITS, {"fact": "district", "equals": "福田"}]})) == {"district": "address"}
    assert masked_facts(read(VISITS)) == {}


def test_every_fact_stands_somewhere():
    assert STANDS.keys() == FACTS.keys()


ASKED: dict[Kind, dict[str, st.SearchStrategy[Any]]] = {
    Kind.NUMBER: {"at_least": st.integers(0, 9), "in": st.lists(st.integers(0, 9), min_size=1, max_size=3)},
    Kind.TEXT: {"equals": st.sampled_from(("a", "'; DROP TABLE customer --", ":p0", "%s", "{fact}"))},
    Kind.FLAG: {"equals": st.booleans()},
    Kind.MOMENT: {"within_days": st.integers(0, 99), "ever": st.booleans()},
    Kind.TAGS: {"has": st.just("x"), "has_any": st.just(["x", "y"])},
}
LEAVES = st.sampled_from(sorted(FACTS)).flatmap(
    lambda fact: st.sampled_from(sorted(ASKED[FACTS[fact]])).flatmap(
        lambda demand: ASKED[FACTS[fact]][demand].map(lambda value: {"fact": fact, demand: value})
    )
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)


def depth(said: Any) -> int:
    inner = said.get("all") or said.get("any") or ([said["not"]] if "not" in said else [])
    return 1 + max((depth(one) for one in inner), default=0)


@given(said=TREES.filter(lambda said: depth(said) <= rules.DEEPEST))
def test_what_is_compared_with_is_a_value_and_never_part_of_the_statement(said):
    predicate = read(said)
    made = condition(predicate)
    assert "DROP" not in made.sql
    assert len(made.values) == sum(len(leaf.demands) for leaf in rules.leaves(predicate) if isinstance(leaf, Check))
