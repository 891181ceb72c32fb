"""How far a repair is, as its customer sees it by his link, and his word on more work: a page for a phone."""

from __future__ import annotations

from typing import Any

from gateway import link_page
from gateway.dossier_words import moment, yuan
from gateway.routing import Form

STEPS = {"taken_in": "接车", "agreed": "委托确认", "in_work": "开始施工", "ready": "竣工待交", "returned": "交还车辆"}
WAITS = {"waiting_parts": "正在等待配件", "waiting_customer": "正在等待您的答复", "waiting_insurer": "正在等待保险定损"}
SAID = {"agreed": "您已同意追加的维修项目,谢谢。", "declined": "您已拒绝追加的维修项目,我们将按原项目施工。"}

PRICE_OPEN = "本单的优惠与您未选择的项目有关,服务顾问会尽快与您联系确认价格。"


def render(item: dict[str, Any]) -> bytes:
    """The page of a `contracts.workshop.following.RepairFollowed`."""
    steps = [link_page.Step(STEPS[one["step"]], moment(one["done_at"]) or None) for one in item["steps"]]
    is_ready = any(one["step"] == "ready" and one["done_at"] for one in item["steps"])
    lines = [WAITS.get(item["stage"], "")]
    if item["stage"] == "cancelled":
        lines.append("本工单已取消")
    elif not is_ready:
        lines += [
            f"承诺交车时间 {moment(item['promised_at'])}" if item["promised_at"] else "",
            f"预计完工时间 {moment(item['expected_at'])}" if item["expected_at"] else "",
        ]
    answered = SAID.get(item["answered"] or "", "") if not item["asks"] else ""
    lines += [answered, PRICE_OPEN if item["price_open"] else ""]
    return link_page.page(
        "维修进度",
        link_page.line(item.get("store_name") or item["store_id"]),
        link_page.line(f"工单号 {item['number']}", small=True),
        link_page.steps(steps),
        *(link_page.line(each) for each in lines if each),
        _question(item) if item["asks"] else "",
        "<footer>",
        link_page.line(f"工单第 {item['version']} 版 · 链接有效期至 {item['link_ends_on']}", small=True),
        link_page.line("如有疑问,请联系您的门店。", small=True),
        "</footer>",
    )


def _question(item: dict[str, Any]) -> str:
    """What he is asked: each piece of work with its price, the whole, and the version that his word is for."""
    return (
        "<section><h2>请确认追加的维修项目</h2>"
        + "".join(link_page.priced(one["description"], yuan(one["amount_fen"])) for one in item["asks"])
        + link_page.priced("同意后您应付合计", yuan(item["pays_fen"]))
        + link_page.form(
            link_page.hidden("version", item["version"]),
            link_page.text("said_by", label="您的姓名", most=100),
            link_page.button("said", "agreed", "同意施工"),
            link_page.button("said", "declined", "不做这些项目"),
        )
        + "</section>"
    )


PAGE = Form("page", link_page.HTML, render, policy=link_page.ASKING_POLICY, at="/r/{token}")
