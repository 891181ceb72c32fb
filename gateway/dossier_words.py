"""How a customer's dossier says things in Chinese: codes, fields, moments and money."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chassis.process.clock import LOCAL
from gateway.field_words import FIELDS

WORDS = {
    "person": "个人", "company": "单位", "male": "男", "female": "女",
    "owner": "车主", "user": "使用人", "bringer": "送修人", "payer": "付款人", "buyer": "购车人", "insured": "被保险人",
    "contract": "购车合同", "id_copy": "身份证复印件", "invoice": "发票", "registration": "行驶证/登记证",
    "insurance_policy": "保险单", "other": "其他",
    "service_contract": "履行服务合同", "sales": "销售联系", "marketing": "营销活动", "survey": "满意度调查",
    "profiling": "自动化分析", "sensitive_data": "敏感信息", "share_manufacturer": "提供给厂家",
    "share_insurer": "提供给保险公司", "third_party": "提供给第三方",
    "any": "所有方式", "call": "电话", "sms": "短信", "email": "电子邮件", "letter": "信函",
    "spouse_of": "配偶", "employee_of": "雇员(所属单位)", "driver_of": "驾驶员", "parent_of": "父母",
    "referrer_of": "介绍人",
    "quote_presented": "报价", "quote_accepted": "接受报价", "quote_lost": "报价未成交", "quote_expired": "报价过期",
    "order_signed": "签订订单", "vehicle_delivered": "交车", "payment_confirmed": "收款",
    "payment_reversed": "收款冲销", "refund_paid": "已退款",
    "repair_order_opened": "送修开单", "repair_order_km_corrected": "里程更正",
    "repair_settled": "维修结算", "repair_ready": "维修完工", "vehicle_returned": "交还车辆",
    "visit_planned": "计划回访", "visit_rescheduled": "回访改期",
    "visit_suppressed": "暂停回访", "visit_released": "恢复回访",
    "visit_unreachable": "回访未联系上", "visit_refused": "拒绝回访",
    "visit_merged": "合并回访", "visit_parted": "分开回访",
    "visit_completed": "回访完成", "repair_authorized": "委托确认", "repair_stage_changed": "维修进度",
    "repair_cancelled": "取消维修", "promise_renewed": "更新承诺",
    "appointment_booked": "预约进厂", "appointment_confirmed": "确认预约", "appointment_rescheduled": "改约",
    "vehicle_arrived": "预约到店", "appointment_no_show": "爽约", "appointment_cancelled": "取消预约",
    "settlement_voided": "作废结算单", "repair_payment_confirmed": "维修收款",
    "repair_payment_reversed": "维修收款冲销",
    "customer_registered": "建立档案", "customer_updated": "修改档案", "customer_merged": "合并档案",
    "customer_unmerged": "撤销合并", "customer_split": "拆分档案", "duplicate_suspected": "疑似重复",
    "customer_consent_changed": "变更授权", "vehicle_party_changed": "变更车辆关系人",
    "vehicle_allocated": "配车", "vehicle_released": "释放车辆", "order_cancel_requested": "申请取消订单",
    "order_cancel_withdrawn": "撤回取消申请", "order_cancelled": "取消订单", "order_amended": "变更价格",
    "delivery_step_changed": "交车步骤", "delivery_at_risk": "交期风险", "delivery_repromised": "变更承诺交期",
    "plate_issued": "上牌",
    "copy": "查阅复制", "correction": "更正", "erasure": "删除", "expired": "超过保存期限",
    "approved": "待签约", "signed": "已签约", "allocated": "已配车", "delivered": "已交车",
    "draft": "草稿", "approval_pending": "待审批",
    "ready": "待交车", "closed": "已关闭", "cancel_pending": "待取消", "cancelled": "已取消",
    "car": "车辆", "option": "选装", "accessory": "精品", "service": "服务", "insurance": "保险", "fee": "代收费用",
    "gift": "赠品",
    "deposit": "定金", "earnest": "订金", "prepayment": "预付款", "balance": "车款", "loan": "贷款放款",
    "customer": "客户", "firm": "单位", "lender": "贷款机构", "insurer": "保险公司",
    "civil_servant": "国家公务员", "professional": "专业技术人员", "employee": "职员", "manager": "企业管理人员",
    "worker": "工人", "farmer": "农民", "student": "学生", "soldier": "现役军人", "freelance": "自由职业者",
    "self_employed": "个体经营者", "unemployed": "无业人员", "retired": "退(离)休人员",
    "WORK": "维修项目", "DISCOUNT": "优惠",
    "CUSTOMER": "客户", "WARRANTY": "保修", "INTERNAL": "内部", "INSURANCE": "保险", "GOODWILL": "优惠索赔",
    "proposed": "待确认", "authorized": "已同意", "declined": "已拒绝", "working": "施工中", "done": "已完工",
    "qc_pass": "检验合格", "agreed": "同意",
    "owed": "待收", "paid": "已收清", "void": "已作废",
    "overhaul": "整车修理", "assembly": "总成修理", "second_maintenance": "二级维护", "first_maintenance": "一级维护",
    "minor": "小修", "special": "专项修理",
    "active": "有效", "open": "待处理", "carried_out": "已处理", "refused": "已拒绝",
}  # fmt: skip
DETAILS = {
    "number": "单号", "model": "车型", "km": "里程", "vin": "车架号", "purpose": "目的", "score": "评分",
    "due_at": "应回访",
    "promised_date": "承诺交期", "total_fen": "金额(元)", "amount_fen": "金额(元)",
}  # fmt: skip
"""What of an event's summary is printed, under which name."""

CODES = frozenset((
    "kind", "gender", "role", "type", "purpose", "channel", "basis", "department", "next_visit_purpose", "status",
    "occupation", "pay_type", "payer", "state", "said", "category",
))  # fmt: skip
"""Fields whose values are codes; elsewhere the same word is what somebody typed."""

TITLES = {
    "phones": "电话", "addresses": "地址", "vehicles": "车辆", "timeline": "往来记录", "alerts": "到店提醒",
    "consents": "有效授权", "consent_history": "授权历史", "documents": "资料索引", "relations": "关系人",
    "earlier_records": "并入的档案", "plates": "车牌", "odometer": "里程", "changes": "修改记录",
    "merges": "合并与拆分", "segments": "客户分组", "privacy_requests": "个人信息请求",
}  # fmt: skip
"""Of the parts of a dossier."""

LABELS = FIELDS | {
    "customer_id": "档案号", "name": "姓名/名称", "km": "里程(公里)", "vehicle_id": "车辆号", "text": "地址",
    "spent_fen": "累计消费(元)", "total_fen": "金额(元)", "amount_fen": "金额(元)", "staff_id": "经办人",
    "document_id": "资料号", "relation_id": "关系号", "merge_id": "合并号", "request_id": "请求号",
    "segment_id": "分组号", "other_id": "对方档案号", "ro_id": "工单号", "survivor_id": "保留档案号",
    "loser_ids": "并入档案号",
}  # fmt: skip
"""Of the fields of a dossier, in a workbook: its numbers are to be quoted, its amounts are in yuan."""


def word(code: Any) -> object:
    """What a code means, if it is one."""
    return WORDS.get(str(code), code)


def shown(field: str, value: Any) -> object:
    """A value of an event's summary: fen as yuan, moments as people write them."""
    if field.endswith("_fen"):
        return yuan(value)
    return moment(value) if field.endswith("_at") else value


def yuan(fen: int) -> str:
    """An amount in yuan."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def moment(value: str | None) -> str:
    """A moment, in the stores' time; one that has none there, in the last hours of the calendar, as it stands."""
    if not value:
        return ""
    try:
        return f"{datetime.fromisoformat(value).astimezone(LOCAL):%Y-%m-%d %H:%M}"
    except OverflowError:
        return value.replace("T", " ")[:16]


def day(value: str | None) -> str:
    """A moment's day."""
    return moment(value)[:10]
