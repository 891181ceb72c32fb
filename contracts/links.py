"""Links for customers, of whatever service: how long they open something, and what is told of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from contracts.fields import StaffId
from contracts.shapes import Between, Once, Text

LINK_DAYS = 30
"""Days for which a link opens something, at most and unless a request says fewer."""

LINKS_OPEN = 20
"""Links of one document that may be open at once."""

TOKEN = re.compile(r"[A-Za-z0-9_-]{27}")
"""160 random bits in base64 for addresses."""

LinkDays = Annotated[int, Between(1, LINK_DAYS)]
Token = Annotated[str, Text(27, 27)]


@dataclass(frozen=True, slots=True)
class LinkMade:
    """A new link. `token` is told this once and kept nowhere: the same command again makes another link."""

    link_id: UUID
    token: Annotated[str, Once()]
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """A link that is open, and who made it."""

    link_id: UUID
    made_by: StaffId
    made_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Links:
    """The open links of a document, the newest first."""

    items: list[Link]
