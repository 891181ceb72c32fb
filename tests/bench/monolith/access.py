"""Who is asking and what he may do: a bearer token looked up in the database at each request."""

import functools
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import g, request
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tests.bench.monolith.errors import Refused
from tests.bench.monolith.models import Staff, StaffSession

ALLOWED = {
    "advisor": {"customer.read", "customer.create", "repair_order.write"},
    "consultant": {"customer.read", "customer.create"},
    "manager": {"customer.read", "customer.create", "customer.mobile", "repair_order.write"},
}


def allow(action: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Refuse the request unless its token is a live session of somebody who may do `action`."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def checked(**arguments: Any) -> Any:
            g.staff = staff_behind(request.headers.get("Authorization", ""), session=g.session)
            if not may(g.staff, action=action):
                raise Refused(403, "FORBIDDEN", f"{action} is not among your rights")
            return view(**arguments)

        return checked

    return decorate


def staff_behind(authorization: str, *, session: Session) -> Staff:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused(401, "NO_TOKEN", "a bearer token is needed")
    login = session.scalars(
        select(StaffSession)
        .options(joinedload(StaffSession.staff))
        .where(StaffSession.token_hash == hashlib.sha256(token.encode()).digest())
    ).one_or_none()
    if login is None or login.revoked_at is not None or login.expires_at <= datetime.now(UTC) or not login.staff.active:
        raise Refused(401, "BAD_TOKEN", "this session has ended")
    return login.staff


def may(staff: Staff, *, action: str) -> bool:
    return any(action in ALLOWED.get(role, ()) for role in staff.roles)


def require_store(staff: Staff, *, store: str) -> None:
    if store not in staff.stores:
        raise Refused(403, "OTHER_STORE", f"store {store} is outside your scope")


def shown_mobile(mobile: str, *, staff: Staff) -> str:
    """The mobile as this member of staff may see it."""
    return mobile if may(staff, action="customer.mobile") else f"{mobile[:3]}****{mobile[-4:]}"
