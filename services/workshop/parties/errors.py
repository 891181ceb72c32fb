"""How the workshop says no of who pays a repair."""

from __future__ import annotations

from contracts.refusals import Invalid


class RepairPayerUnclear(Invalid):
    """A customer pays under his record, anybody else under a name."""

    code = "REPAIR_PAYER_UNCLEAR"
    zh = "付款人为客户时请选择档案,为单位时请填写名称,二者只填其一"
    en = "A payer who is a customer is named by his record, any other by its name, and by one of them"


class RepairPayerTwice(Invalid):
    """What payers of one kind bear, one pays."""

    code = "REPAIR_PAYER_TWICE"
    zh = "同一付款类别只能有一个付款人"
    en = "What payers of one kind bear is paid by one"
