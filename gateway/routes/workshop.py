"""Repair orders and the board."""

from __future__ import annotations

from contracts.gateway import arrivals
from contracts.workshop import clocking, lines, papers, progress, settlements, stages
from contracts.workshop import operations as workshop
from gateway import filing
from gateway.paper import setting
from gateway.routing import Route

ROUTES = (
    Route(
        "POST",
        "/arrivals",
        arrivals.record_arrival,
        "到店接车:查或建客户与车辆并开单",
        status=201,
        files=filing.of_registering,
    ),
    Route("POST", "/repair-orders", workshop.open_repair_order, "接车开单", status=201),
    Route("GET", "/repair-orders", workshop.list_repair_orders, "工单列表"),
    Route("GET", "/board", workshop.list_repair_orders, "维修进度看板"),
    Route("GET", "/board/progress", progress.board_progress, "看板:预计完工与交车风险"),
    Route("GET", "/repair-orders/{ro_id}", workshop.get_repair_order, "工单"),
    Route("POST", "/repair-orders/{ro_id}/km", workshop.correct_km, "更正里程"),
    Route("POST", "/repair-orders/{ro_id}/estimate", stages.estimate_repair, "估价"),
    Route("POST", "/repair-orders/{ro_id}/authorize", workshop.authorize_repair, "客户授权与承诺交车时间"),
    Route("POST", "/repair-orders/{ro_id}/lines", lines.add_line, "增加项目"),
    Route("PATCH", "/repair-orders/{ro_id}/lines/{position}", lines.change_line, "修改项目"),
    Route("POST", "/repair-orders/{ro_id}/lines/{position}/decline", lines.decline_line, "客户拒绝项目"),
    Route("GET", "/repair-orders/{ro_id}/consents", lines.consents, "客户确认记录"),
    Route("POST", "/repair-orders/{ro_id}/dispatch", workshop.dispatch_repair, "派工"),
    Route("GET", "/repair-orders/{ro_id}/progress", progress.progress, "工单进度:预计完工与交车风险"),
    Route("POST", "/repair-orders/{ro_id}/promise", progress.renew_promise, "更新承诺交车时间"),
    Route("POST", "/repair-orders/{ro_id}/recall", stages.recall_repair, "收回派工"),
    Route("POST", "/repair-orders/{ro_id}/start", workshop.start_repair, "开工"),
    Route("POST", "/repair-orders/{ro_id}/lines/{position}/technicians", clocking.give_line, "项目派工"),
    Route("POST", "/repair-orders/{ro_id}/clock-on", clocking.clock_on, "开始计时"),
    Route("POST", "/repair-orders/{ro_id}/clock-off", clocking.clock_off, "停止计时"),
    Route("POST", "/repair-orders/{ro_id}/lines/{position}/done", clocking.finish_line, "项目完工"),
    Route("GET", "/repair-orders/{ro_id}/clockings", clocking.clockings, "工时记录"),
    Route("POST", "/clockings/{clocking_id}/confirm", clocking.confirm_clocking, "确认忘记停止的工时"),
    Route("GET", "/clockings/forgotten", clocking.forgotten_clocks, "待确认工时"),
    Route("GET", "/work", clocking.list_work, "技师待施工项目"),
    Route("POST", "/repair-orders/{ro_id}/wait", stages.wait_repair, "待料、待客户确认、待定损"),
    Route("POST", "/repair-orders/{ro_id}/resume", stages.resume_repair, "恢复施工"),
    Route("POST", "/repair-orders/{ro_id}/finish", workshop.finish_repair, "完工送检"),
    Route("POST", "/repair-orders/{ro_id}/inspect", workshop.inspect_repair, "质检"),
    Route("POST", "/repair-orders/{ro_id}/washed", stages.wash_repair, "洗车完成"),
    Route("POST", "/repair-orders/{ro_id}/settle", workshop.settle_repair, "结算"),
    Route("POST", "/repair-orders/{ro_id}/void-settlement", settlements.void_settlement, "作废结算单"),
    Route(
        "GET",
        "/repair-orders/{ro_id}/estimate-sheet",
        papers.estimate_sheet,
        "打印估价单",
        forms=(setting.sheet("estimate_sheet"),),
    ),
    Route(
        "GET",
        "/repair-orders/{ro_id}/sheet",
        papers.repair_sheet,
        "打印维修工单",
        forms=(setting.sheet("repair_sheet"),),
    ),
    Route(
        "GET",
        "/settlements/{settlement_id}/sheet",
        papers.settlement_sheet,
        "打印结算清单",
        forms=(setting.sheet("settlement_sheet"),),
    ),
    Route("POST", "/repair-orders/{ro_id}/certificate", papers.certify_repair, "签发竣工出厂合格证", status=201),
    Route(
        "GET",
        "/repair-orders/{ro_id}/certificate",
        papers.repair_certificate,
        "打印竣工出厂合格证",
        forms=(setting.sheet("repair_certificate"),),
    ),
    Route("GET", "/repair-orders/{ro_id}/money", settlements.repair_money, "工单的结算与收款"),
    Route("POST", "/repair-orders/{ro_id}/payments", settlements.take_repair_payment, "维修收款", status=201),
    Route("POST", "/repair-payments/{payment_id}/reverse", settlements.reverse_repair_payment, "冲销维修收款"),
    Route("POST", "/repair-orders/{ro_id}/allow-unpaid", settlements.allow_unpaid, "欠款放行"),
    Route("GET", "/repair-receivables", settlements.list_repair_receivables, "维修应收款"),
    Route("POST", "/repair-orders/{ro_id}/return", workshop.return_vehicle, "交还车辆"),
    Route("POST", "/repair-orders/{ro_id}/cancel", stages.cancel_repair, "取消工单"),
    Route("GET", "/repair-orders/{ro_id}/history", stages.repair_history, "工单进程"),
)
