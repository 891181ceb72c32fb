"""How the workshop says no of bays."""

from __future__ import annotations

from contracts.refusals import Invalid


class BayUnknown(Invalid):
    """No such bay in the store, or it is not used any more."""

    code = "BAY_UNKNOWN"
    zh = "本店没有在用的工位{bay},请从工位列表中选择"
    en = "The store has no bay {bay} in use; choose one of its list"
