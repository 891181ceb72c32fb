"""How far an order is, as its customer sees it by his link: a page for a phone, in words for him."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway import link_page
from gateway.link_page import Step
from gateway.routing import Form

STEPS = {
    "CONTRACT": "签订合同",
    "DEPOSIT": "收到定金",
    "ALLOCATE": "配车",
    "LOAN_APPROVAL": "按揭审批",
    "BALANCE": "收到余款",
    "INVOICE": "开具发票",
    "INSURANCE": "保险出单",
    "PURCHASE_TAX": "缴纳购置税",
    "TEMP_PLATE": "办理临时牌照",
    "PLATE": "上牌",
    "MORTGAGE_REG": "抵押登记",
    "ACCESSORY": "装修",
    "APPOINT": "预约交车",
    "HANDOVER": "交车",
}
STAGES = {"documents": "资料齐全", "inspection": "验车", "number": "选号", "plates": "领牌", "licence": "行驶证"}
CAUSES = {
    "store": "门店正在办理",
    "payment": "等待款项到账",
    "car": "车辆尚未到位",
    "certificate": "等待车辆合格证",
    "bank": "等待银行办理",
    "insurer": "等待保险公司出单",
    "office": "等待税务、车管部门办理",
}
REASONS = {
    "CUSTOMER": "应您的要求",
    "FACTORY": "厂家到车延迟",
    "CERTIFICATE": "等待车辆合格证",
    "BANK": "等待银行办理",
    "OFFICE": "等待税务、车管部门办理",
    "ACCESSORY": "装修需要更多时间",
    "OTHER": "详情请咨询您的门店",
}


def render(item: dict[str, Any]) -> bytes:
    """The page of a `contracts.sales.progress.OrderProgress`."""
    return link_page.page(
        "订单进度",
        link_page.line(item.get("store_name") or item["store_id"]),
        link_page.line(item["model"]),
        link_page.line(f"订单号 {item['number']}", small=True),
        *_days(item),
        link_page.steps(map(_step, item["steps"])),
        "<footer>",
        link_page.line(f"订单第 {item['version']} 版 · 链接有效期至 {item['link_ends_on']}", small=True),
        link_page.line("如有疑问,请联系您的门店。", small=True),
        "</footer>",
    )


def _days(item: dict[str, Any]) -> Iterator[str]:
    """What is promised and expected, until the keys are given; of a cancelled order that it is."""
    if item["cancelled_on"]:
        yield link_page.line(f"订单已于 {item['cancelled_on']} 取消")
        return
    if any(one["step"] == "HANDOVER" and one["done_on"] for one in item["steps"]):
        return
    if item["promised_date"]:
        yield link_page.line(f"预计交车日期 {item['promised_date']}")
    for one in item["moved"]:
        days = f"{one['from_day']} 改为 {one['to_day']}"
        yield link_page.line(f"{one['on']} 交车日期由 {days}:{REASONS[one['reason']]}", small=True)
    if item["expected_on"]:
        yield link_page.line(f"按目前进度,{item['expected_on']} 可以交车:{CAUSES[item['cause']]}")


def _step(told: dict[str, Any]) -> Step:
    """A row: what was done on which day, what is planned for when, what is late and why."""
    stages = " · ".join(f"{STAGES[one['stage']]} {one['on']}" for one in told["stages"])
    note, late = stages, told["standing"] == "late"
    if late:
        note = " · ".join(filter(None, (f"原定 {told['planned_on']},{CAUSES[told['cause']]}", stages)))
    planned = f"预计 {told['planned_on']}" if told["planned_on"] else ""
    when = "办理中" if late or (told["standing"] == "under_way" and not planned) else planned
    return Step(STEPS[told["step"]], told["done_on"], when, note, late)


PAGE = Form("page", link_page.HTML, render, policy=link_page.POLICY, at="/p/{token}")
