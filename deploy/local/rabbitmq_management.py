"""The few questions the local stack asks RabbitMQ's management API."""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request

TIMEOUT_SECONDS = 5.0

# loopback is never behind a proxy, whatever the environment says
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def is_ready(url: str) -> bool:
    """Whether the API answers. A refused password is an error, not a matter of waiting."""
    try:
        _ask(url, "/api/overview")
    except urllib.error.HTTPError as problem:
        if problem.code == 401:
            raise
        return False
    except OSError:
        return False
    return True


def close_connections(url: str, *, reason: str) -> int:
    """Close every client's connection; returns how many there were."""
    listed = _ask(url, "/api/connections")
    names = [str(row["name"]) for row in listed if "name" in row] if isinstance(listed, list) else []
    for name in names:
        try:
            _ask(url, f"/api/connections/{urllib.parse.quote(name, safe='')}", method="DELETE", reason=reason)
        except urllib.error.HTTPError as problem:
            if problem.code != 404:  # gone meanwhile
                raise
    return len(names)


def _ask(url: str, path: str, *, method: str = "GET", reason: str = "") -> object:
    parts = urllib.parse.urlsplit(url)
    user, password = urllib.parse.unquote(parts.username or ""), urllib.parse.unquote(parts.password or "")
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    host = parts.netloc.rpartition("@")[2]
    address = f"{parts.scheme}://{host}{parts.path.rstrip('/')}{path}"
    request = urllib.request.Request(address, method=method)  # noqa: S310  # the address is ours or the operator's
    request.add_header("Authorization", f"Basic {token}")
    if reason:
        request.add_header("X-Reason", reason)
    with _opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
        body = answer.read()
    return json.loads(body) if body else None
