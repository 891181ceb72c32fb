"""The console at `/console/`: files that were built beforehand, read once and served out of memory.

Its pages talk to the same API as everybody; nothing here knows of customers, and nobody needs a session.
A build may appear after the gateway has started: until then a page says so and asks again by itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from gateway import docs_page, encoding, faults
from gateway.faults import HttpFault
from gateway.wire import Request, Response

PLACE = "/console/"
INDEX = "index.html"
ASSETS = "assets/"
"""Below it a file's name holds the hash of what is in it."""
FOR_GOOD, ASK_FIRST = b"public, max-age=31536000, immutable", b"no-cache"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Nothing from elsewhere and nothing inline: a text that is taken for markup can neither run nor load."""
AGAIN_SECONDS = 3
_TYPES = {
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".png": b"image/png",
    ".webmanifest": b"application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class _File:
    plain: Response
    packed: Response
    etag: str


class ConsoleFiles:
    """Answers for the addresses below `/console/` from the build in a folder, which may not be there yet."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._files: dict[str, _File] = {}

    def answer(self, request: Request) -> Response:
        """The answer to a look at one of its addresses. Raises HttpFault: PATH_UNKNOWN."""
        if not request.path.startswith(PLACE):
            return Response(308, b"", extra=(("Location", PLACE),))
        if not self._files and not self._read():
            return _not_yet()
        name = request.path.removeprefix(PLACE)
        file = self._files.get(name)
        if file is None:
            # a page of the console has an address of its own, which only the console's router knows
            if "." in name.rpartition("/")[2]:
                raise HttpFault(faults.PATH_UNKNOWN)
            file = self._files[INDEX]
        if file.etag in request.headers.get("if-none-match", ""):
            return replace(file.plain, status=304, body=b"")
        return file.packed if encoding.takes_gzip(request.headers) else file.plain

    def _read(self) -> bool:
        if self._folder is None or not (self._folder / INDEX).is_file():
            return False
        self._files = {
            path.relative_to(self._folder).as_posix(): _file(path, path.relative_to(self._folder).as_posix())
            for path in sorted(self._folder.rglob("*"))
            if path.is_file()
        }
        return True


def is_of_console(path: str) -> bool:
    """Whether an address is the console's."""
    return path.startswith(PLACE) or path == PLACE[:-1]


def _file(path: Path, name: str) -> _File:
    content = path.read_bytes()
    etag = f'W/"{hashlib.sha256(content).hexdigest()[:20]}"'
    content_type = _TYPES.get(path.suffix, b"application/octet-stream")
    caching = FOR_GOOD if name.startswith(ASSETS) else ASK_FIRST
    extra = (("ETag", etag),)
    made = Response(200, content, content_type, extra, POLICY, caching)
    packed = encoding.packed(made, level=encoding.ONCE) if encoding.worth_it(made) else made
    return _File(made if packed is made else replace(made, extra=packed.extra), packed, etag)


def _not_yet() -> Response:
    body = docs_page.page(
        "Dealer CRM",
        "<header><h1>控制台尚未就绪</h1><p>The console is not here yet.</p></header><main>"
        "<p>首次启动后约需一分钟生成;本页会自动重试。接口照常可用。</p>"
        "<p>It is built after a first start, which takes about a minute; this page asks again by itself. "
        "The API works meanwhile. Where it stays away, the output of the start says why.</p>"
        '<p><a href="/">首页 · Start page</a></p></main>',
        refresh=AGAIN_SECONDS,
    )
    extra = (("Retry-After", str(AGAIN_SECONDS)),)
    return Response(503, body, b"text/html; charset=utf-8", extra, docs_page.POLICY)
