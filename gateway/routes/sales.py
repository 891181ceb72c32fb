"""Orders, payments and stock."""

from __future__ import annotations

from contracts.sales import allocation, amendments, cancellations, deliveries, payments, prices, progress, sheets, stock
from contracts.sales import operations as sales
from gateway.order_progress_page import PAGE
from gateway.paper import setting
from gateway.routing import Route

ROUTES = (
    Route("POST", "/stock-vehicles/registered", stock.which_in_stock, "哪些车辆已入库"),
    Route("GET", "/stock-vehicles", stock.list_stock, "库存车辆"),
    Route("GET", "/stock-vehicles/waiting", allocation.list_waiting, "排队等车的订单"),
    Route("POST", "/stock-vehicles", stock.receive_stock, "车辆入库", status=201),
    Route("POST", "/stock-vehicles/expected", stock.expect_stock, "登记在途车辆", status=201),
    Route("PATCH", "/stock-vehicles/{stock_id}", stock.change_expected, "更改在途车辆"),
    Route("POST", "/stock-vehicles/{stock_id}/certificate", stock.move_certificate, "登记合格证去向"),
    Route("POST", "/orders", sales.create_order, "新建订单", status=201),
    Route("GET", "/orders", sales.list_orders, "订单列表"),
    Route("GET", "/orders/{order_id}", sales.get_order, "订单"),
    Route("GET", "/orders/{order_id}/sheet", sheets.order_sheet, "打印订单", forms=(setting.sheet("order_sheet"),)),
    Route("POST", "/orders/{order_id}/links", progress.make_order_link, "生成客户查询链接", status=201),
    Route("GET", "/orders/{order_id}/links", progress.order_links, "有效的客户查询链接"),
    Route("DELETE", "/orders/{order_id}/links/{link_id}", progress.revoke_order_link, "撤销客户查询链接"),
    Route("GET", "/progress/{token}", progress.order_progress, "订单进度(凭链接)", public=True, forms=(PAGE,)),
    Route("GET", "/orders/{order_id}/price", prices.order_price, "价格明细"),
    Route("POST", "/orders/{order_id}/price", prices.price_order, "修改草稿价格"),
    Route("POST", "/orders/{order_id}/submit", prices.submit_order, "提交订单"),
    Route("POST", "/orders/{order_id}/approve", prices.approve_order, "批准价格"),
    Route("POST", "/orders/{order_id}/reject", prices.reject_order, "驳回价格"),
    Route("POST", "/orders/{order_id}/sign", sales.sign_order, "签订合同"),
    Route("POST", "/orders/{order_id}/payments", sales.pay_order, "登记收款", status=201),
    Route("GET", "/orders/{order_id}/payments", payments.order_money, "订单款项"),
    Route("GET", "/receipts/unapplied", payments.list_receipts, "未分配的收款"),
    Route("POST", "/payments/{payment_id}/settle", payments.settle_payment, "确认待收款或登记失败"),
    Route("POST", "/payments/{payment_id}/reverse", payments.reverse_payment, "冲销收款"),
    Route("POST", "/payments/{payment_id}/apply", payments.apply_receipt, "未分配收款用于订单"),
    Route("POST", "/payments/{payment_id}/refunds", payments.request_refund, "申请退款", status=201),
    Route("POST", "/refunds/{refund_id}/approve", payments.approve_refund, "同意退款"),
    Route("POST", "/refunds/{refund_id}/refuse", payments.refuse_refund, "拒绝退款"),
    Route("POST", "/refunds/{refund_id}/pay", payments.pay_refund, "登记已退款"),
    Route("POST", "/payment-notices", payments.payment_notice, "支付渠道通知"),
    Route("POST", "/orders/{order_id}/allocate", sales.allocate_vehicle, "配车"),
    Route("POST", "/orders/{order_id}/deliver", sales.deliver_order, "交车"),
    Route("POST", "/orders/{order_id}/amendments", amendments.amend_order, "变更价格", status=201),
    Route("POST", "/orders/{order_id}/amendments/approve", amendments.approve_amendment, "批准价格变更"),
    Route("POST", "/orders/{order_id}/amendments/reject", amendments.reject_amendment, "驳回价格变更"),
    Route("POST", "/orders/{order_id}/close", sales.close_order, "关闭订单"),
    Route("POST", "/orders/{order_id}/cancel", cancellations.request_cancel, "申请取消订单"),
    Route("POST", "/orders/{order_id}/cancel/confirm", cancellations.confirm_cancel, "确认取消订单"),
    Route("POST", "/orders/{order_id}/cancel/withdraw", cancellations.withdraw_cancel, "撤回取消申请"),
    Route("GET", "/deliveries", deliveries.list_deliveries, "在办交车"),
    Route("GET", "/orders/{order_id}/delivery", deliveries.delivery, "订单与交车步骤"),
    Route("PATCH", "/orders/{order_id}/steps/{code}", deliveries.change_step, "办理交车步骤"),
    Route("POST", "/orders/{order_id}/plate-stages", deliveries.note_plate_stage, "登记上牌进度"),
    Route("POST", "/orders/{order_id}/promise", deliveries.repromise_order, "变更承诺交期"),
)
