"""What a field is called in Chinese: once, for complaints of a request and for a customer's dossier alike.

A field of a request that has no word here is found by `tests/contract/test_complaints_told.py`.
"""

from __future__ import annotations

from contracts.complaints import WHOLE

FIELDS = {
    "a": "客户一", "account": "帐号", "active": "在职", "added_at": "登记时间", "added_by": "登记人",
    "address": "地址", "addresses": "地址", "after": "上页末尾", "allowed": "同意", "amount_fen": "金额",
    "asked": "筛选", "at": "时间", "b": "客户二", "basis": "依据", "bay": "工位", "before": "早于",
    "birth_date": "出生日期", "brand": "品牌", "card": "证件", "carried_over": "沿用", "channel": "方式",
    "closes": "打烊", "closes_on": "停业日", "code": "代码", "colour": "颜色", "column": "列",
    "complaint": "客户描述", "consent_by": "委托人", "consent_channel": "委托方式", "consent_id": "授权号",
    "consultant_id": "销售顾问", "content": "文件内容", "contract_no": "合同号", "customer_id": "客户",
    "customer_ids": "客户", "day": "日期", "days": "天数", "dealer_code": "经销商", "decided_at": "处理时间",
    "decided_by": "处理人", "decision": "结论", "department": "登记部门", "description": "项目",
    "do_not_call": "不接受电话", "document_id": "资料", "document_type": "单据类型", "documents": "单据",
    "dry_run": "试算", "due_at": "应回访", "due_before": "期限早于", "effective_from": "生效时间",
    "email": "电子邮箱", "employer": "工作单位", "en": "说明(英文)", "entered_at": "进入时间", "event_id": "记录号",
    "evidence": "证明", "expand": "附加内容", "expected_version": "版本", "expected_versions": "版本",
    "export_id": "导出申请", "extension": "分机", "external_ref": "银行流水号", "field": "项目",
    "field_choices": "取值", "filename": "文件名", "force_new": "另建档案", "formal": "保有客户", "format": "格式",
    "friday": "周五", "from_hour": "最早(时)", "gender": "性别", "glance": "速览", "grade": "等级",
    "headquarters": "总部", "holidays": "法定节假日", "hours": "时间", "how": "请求内容", "id_no": "身份证号",
    "id_number": "身份证号", "import_id": "导入", "initial_password": "初始密码", "issued_on": "签发日期",
    "kind": "类别", "km": "里程", "last_contact_at": "最近联系", "last_km": "最近里程", "last_score": "最近评分",
    "last_service_at": "最近维修", "last_service_store_id": "最近维修门店", "left_at": "离开时间", "limit": "条数",
    "lines": "维修项目", "link_id": "链接", "loser_ids": "并入档案", "makeup_days": "调休上班日", "mapping": "列对应",
    "merge_id": "合并", "mobile": "电话", "model": "车型", "monday": "周一", "month": "月份",
    "more_phones": "其他电话", "name": "姓名", "new": "新值", "new_password": "新密码", "next_visit_at": "下次回访",
    "next_visit_purpose": "下次回访目的", "no": "序号", "now": "时间", "number": "号码", "occurred_at": "时间",
    "of": "属于", "old": "原值", "old_password": "原密码", "older": "更早的记录自", "open_orders": "在办订单",
    "open_repair_orders": "在修工单", "open_visits": "待回访", "opens": "开门", "operation": "操作",
    "order_id": "订单", "organisation_code": "组织机构代码", "organisation_no": "组织机构代码", "origin": "途径",
    "other_id": "对方", "outcome": "结果", "own_days": "特定日期", "page": "页码", "password": "密码",
    "pay_type": "付费方", "phones": "电话", "plate": "车牌", "predicate": "条件", "preferences": "联系意愿",
    "printed_at": "导出时间", "promised_at": "承诺时间", "promised_date": "承诺交期", "purpose": "用途",
    "q": "查找内容", "reason": "原因", "received_at": "提出时间", "recorded_at": "登记时间", "recorded_by": "登记人",
    "redirected_from": "查询的档案号", "region": "区域", "registered_at": "建档时间", "related_from": "关系一方",
    "relation": "关系", "relation_id": "关系", "remark": "客户原话", "removed": "已取出", "removed_at": "取出时间",
    "removed_because": "取出原因", "removed_by": "取出人", "request_id": "请求", "requested_at": "申请时间",
    "requested_by": "申请人", "reverse": "对方为其", "ro_id": "工单", "role": "关系", "roles": "岗位",
    "saturday": "周六", "score": "评分", "segment_id": "分组", "service_visits": "维修次数", "session_id": "登录",
    "sha256": "文件校验值", "shared": "多人共用", "shared_phones": "共用电话", "shelf": "存放位置",
    "signer": "签约人", "since": "起", "size": "每页条数", "sold_at": "购车时间", "sold_by_us": "由本集团售出",
    "sold_store_id": "购车门店", "sort": "排序", "source": "来源", "source_id": "来源单据", "spent_fen": "累计消费",
    "staff_id": "员工", "stage": "阶段", "status": "状态", "stays": "保留原因", "store": "门店", "store_id": "门店",
    "stores": "门店", "subject_id": "对象", "summary": "内容", "sunday": "周日", "survivor_id": "保留档案",
    "tags": "标签", "task_id": "待办", "team": "团队", "technician_id": "技师", "text": "内容",
    "text_version": "告知文本版本", "thursday": "周四", "title": "称谓", "to": "转给", "to_hour": "最晚(时)",
    "token": "链接", "total_fen": "金额", "tuesday": "周二", "type": "类别", "types": "类别", "undone": "撤销结果",
    "undone_at": "撤销时间", "undone_because": "撤销原因", "undone_by": "撤销人", "until": "止",
    "updated_at": "最近修改", "uscc": "统一社会信用代码", "value": "值", "vehicle": "车辆", "vehicle_id": "车辆",
    "vehicle_ids": "车辆", "verdict": "质检结果", "version": "版本", "views": "视图", "vin": "车架号",
    "visit_id": "回访", "wednesday": "周三", "why": "缘由", "zh": "说明",
}  # fmt: skip


def called(path: str, *, language: str) -> str:
    """A field in words, by the names that lead to it: `lines.2.km` is 维修项目第3项里程, or `lines 3 km`."""
    names = [name for name in path.split(".") if name != WHOLE]
    if language == "zh":
        return "".join(f"第{int(name) + 1}项" if name.isdecimal() else FIELDS.get(name, name) for name in names)
    return " ".join(str(int(name) + 1) if name.isdecimal() else name.replace("_", " ") for name in names)
