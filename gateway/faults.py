"""What can be wrong with a request before anybody is asked, or with the system behind: status, code and sentences.

Refusals (`gateway/errors.py`, and the services' own) are a no to something understood;
these are about HTTP, sessions apart, and about services that do not answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault as it is told."""

    status: int
    code: str
    zh: str
    en: str


class HttpFault(Exception):
    """The request ends here. `headers` go into the answer, `details` into its body."""

    def __init__(self, fault: Fault, *, headers: tuple[tuple[str, str], ...] = (), **details: Any) -> None:
        super().__init__(fault.code)
        self.fault, self.headers, self.details = fault, headers, details


MALFORMED = Fault(400, "MALFORMED_REQUEST", "请求格式不符合HTTP规范", "This is not a well-formed HTTP request")
MALFORMED_JSON = Fault(400, "MALFORMED_JSON", "请求体不是有效的JSON对象", "The body is not a JSON object")
PATH_UNKNOWN = Fault(404, "PATH_UNKNOWN", "没有这个地址", "There is nothing at this address")
METHOD_NOT_ALLOWED = Fault(405, "METHOD_NOT_ALLOWED", "该地址不支持此方法", "This address does not take this method")
TOO_SLOW = Fault(408, "REQUEST_TOO_SLOW", "请求发送超时", "The request took too long to arrive")
BODY_TOO_LARGE = Fault(413, "BODY_TOO_LARGE", "请求体超过该地址的上限", "The body is larger than this address takes")
URL_TOO_LONG = Fault(414, "URL_TOO_LONG", "地址超过8 KiB", "The address is longer than 8 KiB")
MEDIA_TYPE = Fault(
    415,
    "MEDIA_TYPE_NOT_SUPPORTED",
    "请求体须为application/json(上传文件分段为application/octet-stream)",
    "The body must be application/json, that of a part of a file application/octet-stream",
)
EXPECTATION = Fault(417, "EXPECTATION_FAILED", "不支持该Expect要求", "This expectation cannot be met")
HEADERS_TOO_LARGE = Fault(431, "HEADERS_TOO_LARGE", "请求头超过16 KiB", "The headers are larger than 16 KiB")
INTERNAL = Fault(
    500, "INTERNAL_ERROR", "系统内部错误,请告知请求编号", "An internal error; please report the request id"
)
BAD_ANSWER = Fault(
    502, "SERVICE_FAILED", "服务处理失败,请告知请求编号", "A service failed; please report the request id"
)
UNAVAILABLE = Fault(
    503, "UNAVAILABLE", "系统暂时不可用,请稍后再试", "The system is not available right now; try again soon"
)
OVERLOADED = Fault(503, "OVERLOADED", "系统繁忙,请稍后再试", "The system is busy; try again soon")
TIMED_OUT = Fault(
    504,
    "TIMED_OUT",
    "服务未在限定时间内答复;结果未知,可用同一幂等键重试",
    "A service did not answer in time; it may have acted: retry with the same idempotency key",
)

ALL = tuple(value for value in list(globals().values()) if isinstance(value, Fault))
"""Every fault, for the documentation."""
