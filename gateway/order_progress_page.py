"""How far an order is, as its customer sees it by his link: a page for a phone."""

from __future__ import annotations

from typing import Any

from gateway import link_page
from gateway.routing import Form

STEPS = {"signed": "签订合同", "deposit": "收到定金", "allocated": "配车", "delivered": "交车"}


def render(item: dict[str, Any]) -> bytes:
    """The page of a `contracts.sales.progress.OrderProgress`."""
    steps = [(STEPS[one["step"]], one["done_on"]) for one in item["steps"]]
    cancelled = f"订单已于 {item['cancelled_on']} 取消" if item["cancelled_on"] else ""
    is_over = cancelled or all(day for _, day in steps)
    promised = f"预计交车日期 {item['promised_date']}" if item["promised_date"] and not is_over else ""
    return link_page.page(
        "订单进度",
        link_page.line(item.get("store_name") or item["store_id"]),
        link_page.line(item["model"]),
        link_page.line(f"订单号 {item['number']}", small=True),
        link_page.steps(steps),
        link_page.line(promised or cancelled) if promised or cancelled else "",
        "<footer>",
        link_page.line(f"订单第 {item['version']} 版 · 链接有效期至 {item['link_ends_on']}", small=True),
        link_page.line("如有疑问,请联系您的门店。", small=True),
        "</footer>",
    )


PAGE = Form("page", link_page.HTML, render, policy=link_page.POLICY, at="/p/{token}")
