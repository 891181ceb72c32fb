"""Refusals: how a service says no.

Five kinds, each with one HTTP status (`gateway/http.py`).
A refusal travels as kind + code + sentences + details, never as a class path,
so that a class may be renamed or moved without breaking a caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from contracts.complaints import complaints, writable


class Kind(StrEnum):
    """What sort of no it is."""

    NOT_FOUND = "not_found"
    INVALID = "invalid"
    NOT_ALLOWED = "not_allowed"
    CONFLICT = "conflict"
    RULE = "rule"


class Refusal(Exception):
    """A no that is meant for the user.

    Subclasses set `code` (stable, upper case) and one sentence in Chinese and English;
    the sentences may name details: `"{vin}"`; an amount `x_fen` is told in yuan. Where there is something that he can
    do instead, they say what.
    """

    kind: ClassVar[Kind]
    code: ClassVar[str]
    zh: ClassVar[str]
    en: ClassVar[str]

    def __init__(self, **details: object) -> None:
        super().__init__(f"{self.code} {details}" if details else self.code)
        self.details = details

    def wire(self) -> dict[str, Any]:
        """The form that travels between services; JSON can always hold it."""
        wire: dict[str, Any] = writable(
            {
                "kind": self.kind,
                "code": self.code,
                "zh": self.zh.format_map(_named(self.details, "¥{:,.2f}")),
                "en": self.en.format_map(_named(self.details, "{:,.2f} yuan")),
                "details": self.details,
            }
        )
        return wire


def _named(details: Mapping[str, Any], yuan: str) -> dict[str, Any]:
    """What sentences name, as people read it."""
    return {
        name: yuan.format(value / 100) if name.endswith("_fen") and isinstance(value, int) else value
        for name, value in details.items()
    }


class NotFound(Refusal):
    """There is no such thing, or the caller may not know that there is."""

    kind = Kind.NOT_FOUND


class Invalid(Refusal):
    """The request cannot be understood or a field is wrong."""

    kind = Kind.INVALID


class NotAllowed(Refusal):
    """The caller may not do this."""

    kind = Kind.NOT_ALLOWED


class Conflict(Refusal):
    """Somebody else was first, or the caller looked at an older version."""

    kind = Kind.CONFLICT


class RuleRefused(Refusal):
    """A rule of the business stands in the way."""

    kind = Kind.RULE


class InvalidRequest(Invalid):
    """The request does not have the declared shape. `details["errors"]` are complaints (`contracts.complaints`)."""

    code = "INVALID_REQUEST"
    zh = "请求内容有误,请检查标出的字段"
    en = "The request is not valid; see the fields named in errors"

    def __init__(self, *, errors: object) -> None:
        super().__init__(errors=complaints(errors))


class OperationNotAllowed(NotAllowed):
    """None of the caller's roles may use this operation (`access.toml`)."""

    code = "OPERATION_NOT_ALLOWED"
    zh = "您的角色无权执行此操作,请由有权限的同事办理"
    en = "Your role may not do this; please ask a colleague whose role may"


class StoreNotAllowed(NotAllowed):
    """The caller named a store outside his scope (R8)."""

    code = "STORE_NOT_ALLOWED"
    zh = "您无权访问该门店,请切换到您所在的门店"
    en = "You may not act for this store; change to one of yours"


class ActorRejected(NotAllowed):
    """The signed actor is missing, forged or expired."""

    code = "ACTOR_REJECTED"
    zh = "身份凭证无效或已过期,请重新登录"
    en = "The caller's signed identity is missing, forged or expired; please log in again"


class StaleVersion(Conflict):
    """The object changed since the caller read it (`If-Match`)."""

    code = "STALE_VERSION"
    zh = "数据已被他人修改,请刷新后重试"
    en = "It was changed by somebody else; read it again"


class KeyReused(Invalid):
    """The idempotency key was used before with another request."""

    code = "IDEMPOTENCY_KEY_REUSED"
    zh = "该幂等键已用于另一个请求"
    en = "This idempotency key was used with another request"


class StillRunning(Conflict):
    """The same command with the same key is running right now."""

    code = "REQUEST_IN_PROGRESS"
    zh = "相同的请求正在处理中,请稍候"
    en = "The same request is being worked on; please wait"


class LinkNotFound(NotFound):
    """A customer's link that opens nothing: unknown, ended, revoked or another's, and nobody learns which."""

    code = "LINK_NOT_FOUND"
    zh = "链接无效或已失效,请联系您的门店"
    en = "This link opens nothing, or no longer; please ask your store"


class LinksTooMany(RuleRefused):
    """A document has as many open links as one may."""

    code = "LINKS_TOO_MANY"
    zh = "最多同时有{most}个有效链接,请先撤销不用的链接"
    en = "There may be {most} open links at once; revoke one that is not used first"


ALWAYS_POSSIBLE = (
    InvalidRequest,
    OperationNotAllowed,
    StoreNotAllowed,
    ActorRejected,
    StaleVersion,
    KeyReused,
    StillRunning,
)
"""Refusals any operation may give; an operation lists only its own."""
