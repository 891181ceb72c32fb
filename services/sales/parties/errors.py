"""How sales says no of who owns a car and who pays."""

from __future__ import annotations

from contracts.refusals import Invalid


class PayerUnclear(Invalid):
    """A customer pays under his record, anybody else under a name."""

    code = "PAYER_UNCLEAR"
    zh = "付款人为客户时请选择档案,为单位时请填写名称,二者只填其一"
    en = "A payer who is a customer is named by his record, any other by its name, and by nothing else"


class PayerTwice(Invalid):
    """One payer pays one sum."""

    code = "PAYER_TWICE"
    zh = "同一付款人只能填写一次"
    en = "The same payer is there twice"


class PayersBeyondPrice(Invalid):
    """The payers bear more than the price."""

    code = "PAYERS_BEYOND_PRICE"
    zh = "其他付款人共承担{borne_fen},超过总价{total_fen},请先更改付款人"
    en = "The payers bear {borne_fen}, more than the price of {total_fen}; change who pays first"
