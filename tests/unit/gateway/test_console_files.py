"""The console's files: which address is which file, what a browser may keep, and what a page may do."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from gateway.console_files import FOR_GOOD, ConsoleFiles
from gateway.faults import HttpFault
from gateway.wire import NOTHING_MAY_RUN, Request, Response

SCRIPT = b"console.log('" + b"a" * 2000 + b"')"
PAGE = b"<!doctype html><title>CRM</title>"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build of three files."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_bytes(PAGE)
    (tmp_path / "assets" / "index-1a2b.js").write_bytes(SCRIPT)
    (tmp_path / "favicon.svg").write_bytes(b"<svg/>")
    return tmp_path


def get(files: ConsoleFiles, path: str, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return files.answer(Request("GET", path, "", named, b"", "10.0.0.1", 0.0, keep=True))


@pytest.mark.parametrize("path", ["/console/", "/console/HN/customers/01a2", "/console/login", "/console/HN/"])
def test_every_address_of_a_page_is_the_one_page(build: Path, path: str) -> None:
    answer = get(ConsoleFiles(build), path)
    assert (answer.status, answer.body, answer.caching) == (200, PAGE, b"no-cache")


@pytest.mark.parametrize("path", ["/console/assets/index-9z.js", "/console/../secrets.json"])
def test_a_file_that_is_not_of_the_build_is_none(build: Path, path: str) -> None:
    (build.parent / "secrets.json").write_text("{}")
    with pytest.raises(HttpFault) as refused:
        get(ConsoleFiles(build), path)
    assert refused.value.fault.status == 404


def test_a_file_named_by_its_content_is_kept_for_good_and_packed_for_who_takes_it(build: Path) -> None:
    files = ConsoleFiles(build)
    plain = get(files, "/console/assets/index-1a2b.js")
    packed = get(files, "/console/assets/index-1a2b.js", accept_encoding="gzip")
    assert (plain.body, plain.caching, plain.content_type) == (SCRIPT, FOR_GOOD, b"text/javascript; charset=utf-8")
    assert gzip.decompress(packed.body) == SCRIPT
    assert ("Vary", "Accept-Encoding") in plain.extra
    assert ("Vary", "Accept-Encoding") in packed.extra


def test_what_did_not_change_is_not_sent_again(build: Path) -> None:
    files = ConsoleFiles(build)
    etag = dict(get(files, "/console/").extra)["ETag"]
    again = get(files, "/console/", if_none_match=etag)
    assert (again.status, again.body, dict(again.extra)["ETag"]) == (304, b"", etag)
    assert get(files, "/console/", if_none_match='W/"another"').status == 200


def test_nothing_inline_and_nothing_from_elsewhere_may_run(build: Path) -> None:
    policy = get(ConsoleFiles(build), "/console/").policy
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_without_a_build_a_page_says_so_and_asks_again_until_there_is_one(tmp_path: Path) -> None:
    folder = tmp_path / "console-1a2b"
    files = ConsoleFiles(folder)
    before = get(files, "/console/HN/board")
    assert before.status == 503
    assert b'http-equiv="refresh"' in before.body
    assert before.policy != NOTHING_MAY_RUN
    folder.mkdir()
    (folder / "index.html").write_bytes(PAGE)
    assert get(files, "/console/HN/board").body == PAGE


def test_what_was_read_is_served_whatever_becomes_of_the_folder(build: Path) -> None:
    files = ConsoleFiles(build)
    get(files, "/console/")
    for path in build.rglob("*.*"):
        path.unlink()
    assert get(files, "/console/assets/index-1a2b.js").body == SCRIPT


def test_an_installation_without_a_console_says_so() -> None:
    assert get(ConsoleFiles(None), "/console/").status == 503


def test_the_address_without_its_slash_leads_there(build: Path) -> None:
    answer = get(ConsoleFiles(build), "/console")
    assert (answer.status, dict(answer.extra)["Location"]) == (308, "/console/")
