"""Customers: who is this, and everything we know of him."""

from __future__ import annotations

from contracts.customer import operations as customer
from gateway.routing import Route

ROUTES = (
    Route("POST", "/customers", customer.register_customer, "登记客户(有则返回原档案)", status=201, found=200),
    Route("GET", "/customers/lookup", customer.look_up, "查询客户:电话、车牌、车架号、姓名、拼音"),
    Route("POST", "/customers/names", customer.names_of, "批量取客户姓名"),
    Route("PATCH", "/customers/{customer_id}", customer.update_customer, "修改客户档案"),
    Route("GET", "/customers/{customer_id}/audit", customer.history, "档案修改记录"),
    Route("GET", "/customers/{customer_id}/360", customer.customer_view, "客户全貌"),
    Route(
        "POST", "/customers/{customer_id}/reveal", customer.reveal_contact, "查看完整电话(记入日志)", logs_access=True
    ),
)
