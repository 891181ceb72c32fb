"""Organisation, accounts and sessions; what dealers may set."""

from __future__ import annotations

from contracts.gateway import calendars, policies, sessions, views
from contracts.gateway import operations as gateway
from contracts.gateway.live import LiveChange, follow_changes
from gateway.routing import Route

ROUTES = (
    Route("POST", "/sessions", gateway.log_in, "登录", status=201, public=True),
    Route("DELETE", "/sessions/current", gateway.log_out, "退出登录"),
    Route("GET", "/me", gateway.who_am_i, "当前登录人"),
    Route("POST", "/me/password", gateway.change_password, "修改密码"),
    Route("GET", "/me/sessions", sessions.own_sessions, "我的登录"),
    Route("DELETE", "/me/sessions/{session_id}", sessions.end_session, "结束我的一个登录"),
    Route("GET", "/me/views", views.my_views, "我保存的视图"),
    Route("PUT", "/me/views", views.save_views, "保存我的一个列表的视图"),
    Route("POST", "/dealers", gateway.create_dealer, "新增经销商集团", status=201),
    Route("POST", "/stores", gateway.create_store, "新增门店", status=201),
    Route("GET", "/stores", gateway.list_stores, "门店列表"),
    Route("PATCH", "/stores/{code}", gateway.change_store, "调整门店或停业"),
    Route("GET", "/stores/{code}/calendar", calendars.store_calendar, "门店营业日历"),
    Route("PATCH", "/stores/{code}/calendar", calendars.change_calendar, "调整门店营业时间"),
    Route("POST", "/teams", gateway.create_team, "新增团队", status=201),
    Route("GET", "/teams", gateway.list_teams, "团队列表"),
    Route("PATCH", "/teams/{code}", gateway.change_team, "团队改名"),
    Route("POST", "/staff", gateway.create_staff, "新增员工及帐号", status=201),
    Route("GET", "/staff", gateway.list_staff, "员工列表"),
    Route("GET", "/colleagues", gateway.list_colleagues, "本店同事"),
    Route("PATCH", "/staff/{code}", gateway.change_staff, "调整员工角色、门店、团队或停用"),
    Route("GET", "/access-log", gateway.list_access, "个人信息访问日志"),
    Route("GET", "/policies", policies.list_policies, "政策参数列表"),
    Route("GET", "/policies/{code}", policies.get_policy, "政策参数及其历史"),
    Route("POST", "/policies", policies.publish_policy, "发布或试算政策参数"),
    Route("GET", "/stream", follow_changes, "实时变更", streams=LiveChange),
    Route("POST", "/admin/clock", gateway.set_clock, "设置测试系统的时钟"),
)
