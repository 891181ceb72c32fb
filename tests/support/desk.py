"""Somebody at a desk: a browser of his own before the console, used by keys, and what every screen owes him."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

from simulator.client import Client
from tests.support.system import System

GRAVE = ("serious", "critical")
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
REFUSED = "Failed to load resource"
PATIENCE_MS = 10_000


class Desk:
    """One person's browser. `keys` counts what was pressed, `asked` is what its tabs asked the server for,
    `sent` the same with its method.

    With a `host` it finds the system under that name, as a browser somewhere in the house does.
    """

    def __init__(
        self,
        browser: Browser,
        system: System,
        *,
        role: str | None,
        pictures: Path,
        store: str = "HN",
        language: str = "zh",
        width: int = 1366,
        height: int = 768,
        host: str = "",
    ) -> None:
        self.system, self.store, self._pictures = system, store, pictures
        known = urlsplit(system.base_url)
        self.base_url = f"{known.scheme}://{host or known.hostname}:{known.port}"
        self.keys = 0
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.sent: list[str] = []
        self.may_be_refused: set[int] = set()
        self.may_be_cut_off = False
        self._context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        self._context.set_default_timeout(PATIENCE_MS)
        if language != "zh":
            self._context.add_init_script(f"localStorage.setItem('language', {json.dumps(language)})")
        if role is not None:
            account, password = system.account(role, store=store)
            client = Client.log_in(system.base_url, account, password)
            given = json.dumps(json.dumps({"token": client.token, "endsAt": ""}))
            client.close()
            # once: who logs out later stays out
            self._context.add_init_script(
                "if (!sessionStorage.getItem('sat') && location.pathname.startsWith('/console')) {"
                f"sessionStorage.setItem('sat', '1'); sessionStorage.setItem('session', {given}); }}"
            )
        self.page = self._tab()

    def _tab(self) -> Page:
        page = self._context.new_page()
        page.on("console", self._heard)
        page.on("request", self._went)
        page.on("pageerror", lambda error: self.errors.append(f"{error}"))
        return page

    def _went(self, request: Request) -> None:
        self.asked.append(request.url)
        self.sent.append(f"{request.method} {urlsplit(request.url).path}")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        if message.text.startswith(REFUSED) and any(
            f"status of {code}" in message.text for code in self.may_be_refused
        ):
            return
        if message.text.startswith(REFUSED) and "net::ERR_" in message.text and self.may_be_cut_off:
            return
        self.errors.append(message.text)

    # -- using it ----------------------------------------------------------------------------

    def open(self, path: str = "") -> Desk:
        """Open a page of the console by its address in the store."""
        self.page.goto(f"{self.base_url}/console/{self.store}/{path}")
        return self

    def another_tab(self) -> Page:
        """A second tab of the same browser."""
        return self._tab()

    def press(self, *keys: str) -> None:
        """Press keys, one after the other: `Enter`, `Control+k`."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        """Type; a sign of an input method counts as one key."""
        self.page.keyboard.type(text)
        self.keys += len(text)

    def compose(self, text: str) -> None:
        """Compose with a Chinese input method: the candidate stands in the field and is not confirmed yet."""
        self._devtools().send(
            "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        )

    def confirm(self, text: str) -> None:
        """Confirm the candidate with Enter, as the input method does: that Enter is its own."""
        self.press("Enter")
        self._devtools().send("Input.insertText", {"text": text})

    def _devtools(self) -> Any:
        return self._context.new_cdp_session(self.page)

    def see(self, text: str) -> Locator:
        """Wait until this is to be read."""
        found = self.page.get_by_text(text).filter(visible=True).first
        found.wait_for()
        return found

    def field(self, label: str) -> Locator:
        """The control with this label."""
        return self.page.get_by_label(label, exact=True)

    def focused(self) -> str:
        """The name, or else the text, of what has the focus."""
        told: str = self.page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")
        return told

    # -- what every screen owes --------------------------------------------------------------

    def judge(self) -> None:
        """No errors, and everybody can use it, by day and by night."""
        for theme in ("light", "dark"):
            self.page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", theme == "dark")
            found = Axe().run(self.page, options=AXE).response["violations"]
            told = [
                f"{theme}: {each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
                for each in found
                if each["impact"] in GRAVE
                for node in each["nodes"]
            ]
            assert not told, "\n".join(told)
        assert not self.errors, self.errors

    def keep_picture(self) -> None:
        """For whoever looks at a failure."""
        self.page.screenshot(path=self._pictures / "failed.png")

    def leave(self) -> None:
        """Close the browser's window."""
        self._context.close()
