"""A real browser before the whole system. One that cannot start fails the run with one line; it never skips.

Where none can be had, because this machine reaches no mirror of Debian, `make test` goes on without its few journeys
and says so; `make journeys` fails.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as BrowserError

from deploy.local import chromium, console
from deploy.local.errors import LocalStackError, OutOfReach
from tests.support.desk import Desk
from tests.support.system import System

HOUSE = "crm.house.test"
"""A name that is not this machine to a browser: over plain HTTP it withholds what it keeps for secure contexts."""


def end(request: pytest.FixtureRequest, reason: str) -> NoReturn:
    """End the whole run with one line; one of several workers ends it by its session."""
    if hasattr(request.config, "workerinput"):
        request.session.shouldfail = reason
        raise pytest.fail.Exception(reason, pytrace=False) from None
    pytest.exit(reason, returncode=1)


@pytest.fixture(scope="session")
def build(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The console of the present sources, built if it is not in the cache."""
    try:
        return console.build(tmp_path_factory.mktemp("console") / "build.log")
    except OutOfReach as problem:
        pytest.skip(f"there is no console to look at: {str(problem).partition(chr(10))[0]}")
    except LocalStackError as problem:
        end(request, f"the console cannot be built: {problem}")


@pytest.fixture(scope="session", autouse=True)
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Chromium without a window; before the system is started for it."""
    try:
        found = chromium.find()
    except LocalStackError as problem:
        if isinstance(problem, OutOfReach) and "day" in request.config.option.markexpr:
            pytest.skip(f"no browser can be fetched: {str(problem).partition(chr(10))[0]}")
        end(request, f"there is no browser to test the console with: {problem}")
    with sync_playwright() as playwright:
        try:
            args = ["--lang=zh-CN", f"--host-resolver-rules=MAP {HOUSE} 127.0.0.1"]
            started = playwright.chromium.launch(executable_path=str(found.program), env=dict(found.env), args=args)
        except BrowserError as problem:
            end(request, f"the browser cannot start: {str(problem).splitlines()[0]}")
        yield started
        started.close()


@pytest.fixture
def sit_down(
    browser: Browser, system: System, build: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., Desk]]:
    """`sit_down("advisor")` is a browser in which somebody of that role is logged in.

    What every screen owes is judged at the end: no error and no refusal of the content policy in the browser's
    console, and nothing that axe calls serious or critical, in both themes.
    """
    desks: list[Desk] = []

    def sit(role: str | None = None, **more: object) -> Desk:
        desks.append(Desk(browser, system, role=role, pictures=tmp_path, **more))  # type: ignore[arg-type]
        return desks[-1]

    yield sit
    failed = request.node.stash.get(FAILED, False)
    try:
        for desk in desks:
            if failed:
                desk.keep_picture()
            else:
                desk.judge()
    finally:
        for desk in desks:
            desk.leave()


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember whether the test itself failed, so that its desks are looked at and not judged."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report
