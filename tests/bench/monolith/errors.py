"""The monolith's one way to say no."""

from typing import Any


class Refused(Exception):
    """A request that is answered with a problem instead of a result."""

    def __init__(self, status: int, code: str, detail: str, **facts: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.facts = facts
