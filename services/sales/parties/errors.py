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


class PayerIsBuyer(Invalid):
    """The buyer pays what nobody else does, and is named for none of it."""

    code = "PAYER_IS_BUYER"
    zh = "买方本人承担其余款项,不必再列为付款人"
    en = "The buyer pays what is left; he is not named as a payer beside himself"


class PayersBeyondPrice(Invalid):
    """The payers, with what a lender's letter says, bear more than the price."""

    code = "PAYERS_BEYOND_PRICE"
    zh = "其他付款人(含贷款批复)共承担{borne_fen},超过总价{total_fen},请先更改付款人"
    en = (
        "The payers and the lender's letter bear {borne_fen}, more than the price of {total_fen}; change who pays first"
    )
