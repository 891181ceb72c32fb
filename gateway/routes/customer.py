"""Customers: who is this, and everything we know of him."""

from __future__ import annotations

from contracts.customer import folder, imports, merges, relations, segments, vehicles, views
from contracts.customer import operations as customer
from gateway import dossier_page
from gateway.routing import Route

ROUTES = (
    Route("POST", "/customers", customer.register_customer, "登记客户(有则返回原档案)", status=201, found=200),
    Route("GET", "/customers/lookup", views.look_up, "查询客户:电话、车牌、车架号、姓名、拼音"),
    Route("POST", "/customers/names", customer.names_of, "批量取客户姓名"),
    Route("PATCH", "/customers/{customer_id}", customer.update_customer, "修改客户档案"),
    Route("GET", "/customers/{customer_id}/audit", customer.history, "档案修改记录"),
    Route("GET", "/customers/{customer_id}/360", views.customer_view, "客户全貌"),
    Route(
        "POST", "/customers/{customer_id}/reveal", customer.reveal_contact, "查看完整电话(记入日志)", logs_access=True
    ),
    Route("GET", "/customers/incomplete", folder.incomplete, "资料不全的客户"),
    Route("GET", "/customers/prefill", folder.prefill, "按证件号、车架号或车牌预填"),
    Route("GET", "/customers/{customer_id}/completeness", folder.completeness, "档案完整度"),
    Route("POST", "/customers/{customer_id}/consents", folder.record_consent, "登记或撤回授权", status=201),
    Route("GET", "/customers/{customer_id}/consents", folder.consents, "个人信息授权及历史"),
    Route("POST", "/customers/{customer_id}/documents", folder.add_document, "登记资料", status=201),
    Route("GET", "/customers/{customer_id}/documents", folder.documents, "资料索引"),
    Route("POST", "/customers/{customer_id}/documents/{document_id}/remove", folder.remove_document, "取出资料"),
    Route(
        "GET",
        "/customers/{customer_id}/dossier",
        folder.dossier,
        "打印客户档案",
        logs_access=True,
        page=dossier_page.PAGE,
    ),
    Route("POST", "/customers/{customer_id}/relations", relations.add_relation, "登记客户关系", status=201),
    Route("GET", "/customers/{customer_id}/relations", relations.relations, "客户关系及介绍人"),
    Route("POST", "/customers/{customer_id}/relations/{relation_id}/end", relations.end_relation, "结束客户关系"),
    Route("POST", "/customers/{customer_id}/vehicles", vehicles.add_vehicle, "登记客户车辆", status=201),
    Route("POST", "/customers/{customer_id}/vehicles/{vehicle_id}/end", vehicles.end_role, "结束与车辆的关系"),
    Route("GET", "/vehicles/{vehicle_id}", vehicles.vehicle, "车辆档案"),
    Route("POST", "/vehicles/{vehicle_id}/plates", vehicles.change_plate, "更换车牌"),
    Route("POST", "/vehicles/{vehicle_id}/owner", vehicles.change_owner, "车辆过户"),
    Route("POST", "/imports", imports.create_import, "新建客户资料导入", status=201),
    Route("GET", "/imports", imports.list_imports, "导入记录"),
    Route("GET", "/imports/{import_id}", imports.get_import, "导入进度"),
    Route("PUT", "/imports/{import_id}/parts/{no}", imports.put_import_part, "上传文件分段", takes_bytes="content"),
    Route("GET", "/imports/{import_id}/preview", imports.preview_import, "预览文件与字段对应"),
    Route("POST", "/imports/{import_id}/start", imports.start_import, "开始导入"),
    Route("POST", "/imports/{import_id}/cancel", imports.cancel_import, "停止导入"),
    Route("GET", "/imports/{import_id}/rows", imports.list_import_rows, "导入结果逐行报告"),
    Route("POST", "/segments", segments.create_segment, "新建客户分组", status=201),
    Route("GET", "/segments", segments.list_segments, "客户分组"),
    Route("GET", "/segments/{segment_id}", segments.get_segment, "分组详情"),
    Route("GET", "/segments/{segment_id}/members", segments.segment_members, "分组成员"),
    Route(
        "GET",
        "/segments/{segment_id}/export",
        segments.export_segment,
        "导出分组成员(记入日志)",
        logs_access=True,
        gives_file=True,
    ),
    Route("GET", "/duplicates", merges.list_duplicates, "疑似重复客户(待审队列)"),
    Route("POST", "/duplicates/{a}/{b}/decide", merges.decide_pair, "处理疑似重复:同一人、不同人或有关系"),
    Route("POST", "/duplicates/scan", merges.start_scan, "启动全库查重", status=202),
    Route("GET", "/duplicates/scans", merges.list_scans, "查重进度"),
    Route("POST", "/duplicates/policy", merges.restrict_auto_merge, "设定查重可自动合并的范围", status=201),
    Route("POST", "/merges/preview", merges.preview_merge, "合并预览"),
    Route("POST", "/merges", merges.merge_customers, "合并客户档案", status=201),
    Route("GET", "/merges/{merge_id}", merges.merge_state, "合并进度与审计"),
    Route("POST", "/merges/{merge_id}/undo", merges.undo_merge, "撤销合并"),
    Route("POST", "/customers/{customer_id}/split", merges.split_customer, "拆分客户档案", status=201),
)
