"""How sales says no of a price."""

from __future__ import annotations

from contracts.refusals import Invalid, NotAllowed


class LinesDiffer(Invalid):
    """What the lines come to is less than the price that was agreed."""

    code = "LINES_DIFFER"
    zh = "各项合计¥{lines}低于约定总价¥{total}"
    en = "The lines come to {lines} yuan, less than the agreed price of {total} yuan"


class DiscountBeyondLines(Invalid):
    """More is taken off than there is to take it off from."""

    code = "DISCOUNT_BEYOND_LINES"
    zh = "优惠¥{discount}超过可优惠的金额¥{most}"
    en = "A discount of {discount} yuan is more than the {most} yuan it can be taken off"


class OneCar(Invalid):
    """A price is for one car."""

    code = "ONE_CAR"
    zh = "价格明细必须正好有一行车辆"
    en = "The lines of a price must have exactly one car"


class ListPriceDiffers(Invalid):
    """A car of the catalogue stands at its list price; what is taken off is a discount, and judged as one."""

    code = "LIST_PRICE_DIFFERS"
    zh = "车辆一行的标价须为指导价{listed_fen},少收的部分请填为优惠"
    en = "The car's list price is {listed_fen}; what it costs less is a discount"


class OwnPrice(NotAllowed):
    """Whoever wrote a price, changed it last or is credited with the deal does not approve it (R42)."""

    code = "OWN_PRICE"
    zh = "录入人、最后修改人和销售顾问本人不能审批该价格"
    en = "Who wrote the price, changed it last or is credited with the deal cannot decide on it"
