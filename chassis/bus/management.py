"""RabbitMQ's management API, as an operator uses it: the topology applied and compared, and users with their rights."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from base64 import b64encode
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from chassis.bus.topology import Topology, rights

NOWHERE = "^$"
"""What no name of an exchange or queue is like, but that of the default exchange, to which services do not publish."""


def vhost_of(uri: str) -> str:
    """The virtual host that an AMQP URI names; the broker's default one where it names none."""
    return unquote(urlsplit(uri).path[1:]) or "/"


class Management:
    """RabbitMQ's management API. `url` carries the administrator's name and password.

    `vhost` is the virtual host it works on: the one of the services' own addresses (`vhost_of`).
    """

    def __init__(self, url: str, *, vhost: str) -> None:
        self.vhost = quote(vhost, safe="")
        parts = urlsplit(url)
        self._base = f"{parts.scheme}://{parts.hostname}:{parts.port}/api"
        self._authorization = "Basic " + b64encode(f"{parts.username}:{parts.password}".encode()).decode()

    def call(self, method: str, path: str, body: object = None) -> Any:
        """One request; returns the decoded answer. Raises urllib.error.HTTPError."""
        request = urllib.request.Request(  # noqa: S310  # the operator gave the address
            self._base + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": self._authorization, "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310  # as above
            text = answer.read()
        return json.loads(text) if text else None

    def apply(self, wanted: Topology, passwords: dict[str, str]) -> None:
        """Create what is missing, the virtual host too, and users with exactly their rights there.

        Never deletes, never changes a queue. An exchange that was missing is published to by nobody before it has all
        of its bindings: relays are trying already, and what they publish in between would reach some and be lost for
        the others. So rights come last, and who has them keeps no right to write where exchanges are missing.
        """
        self.call("PUT", f"/vhosts/{self.vhost}", {})
        there = {exchange["name"] for exchange in self.call("GET", f"/exchanges/{self.vhost}")}
        if not {exchange["name"] for exchange in wanted.exchanges} <= there:
            known = {one["user"] for one in self.call("GET", f"/vhosts/{self.vhost}/permissions")}
            for user in known & passwords.keys():
                self.call("PUT", f"/permissions/{self.vhost}/{user}", {**rights(user), "write": NOWHERE})
        self.call(
            "POST",
            f"/definitions/{self.vhost}",
            {"exchanges": wanted.exchanges, "queues": wanted.queues, "bindings": wanted.bindings},
        )
        for user, password in passwords.items():
            self.make_user(user, password)
            self.call("PUT", f"/permissions/{self.vhost}/{user}", rights(user))

    def make_user(self, user: str, password: str) -> None:
        """Make a user, or give the one that is there this password."""
        wanted = {"password": password, "tags": ""}
        try:
            self.call("PUT", f"/users/{user}", wanted)
        except urllib.error.HTTPError as refused:
            refused.close()
            if refused.code != HTTPStatus.BAD_REQUEST:
                raise
            self.call("PUT", f"/users/{user}", wanted)  # somebody else made him in the same moment

    def remake(self, wanted: Topology) -> list[str]:
        """Delete queues that have other arguments than wanted, which nothing can change, to be applied anew.

        Only those that are empty and that nobody consumes, so the services are stopped first; the names of the others.
        What is published in between finds no queue, and the relay keeps it.
        """
        found = {queue["name"]: queue for queue in self.call("GET", f"/queues/{self.vhost}")}
        left = []
        for queue in wanted.queues:
            actual = found.get(queue["name"])
            if actual is None or actual["arguments"] == queue["arguments"]:
                continue
            if actual.get("messages", 1) or actual.get("consumers", 1):
                left.append(queue["name"])
            else:
                self.call("DELETE", f"/queues/{self.vhost}/{quote(queue['name'], safe='')}")
        return left

    def diff(self, wanted: Topology) -> list[str]:
        """What the broker lacks or has otherwise, one line each; empty when it is as it should be."""
        actual = self.call("GET", f"/definitions/{self.vhost}")
        lines: list[str] = []
        for kind in ("exchanges", "queues"):
            have = {item["name"]: item for item in actual[kind]}
            for item in getattr(wanted, kind):
                found = have.get(item["name"])
                if found is None:
                    lines.append(f"missing {kind[:-1]} {item['name']}")
                elif found["arguments"] != item["arguments"] or found.get("type") != item.get(
                    "type", found.get("type")
                ):
                    lines.append(
                        f"different {kind[:-1]} {item['name']}: {found['arguments']} instead of {item['arguments']}"
                    )
        have_bindings = {_binding_line(item) for item in actual["bindings"]}
        want_bindings = {_binding_line(item) for item in wanted.bindings}
        lines += [f"missing binding {line}" for line in sorted(want_bindings - have_bindings)]
        ours = {item["name"] for item in (*wanted.exchanges, *wanted.queues)}
        lines += [
            f"unknown binding {_binding_line(item)}"
            for item in actual["bindings"]
            if item["destination"] in ours and _binding_line(item) not in want_bindings
        ]
        return lines


def _binding_line(item: dict[str, Any]) -> str:
    arguments = f" {json.dumps(item['arguments'], sort_keys=True)}" if item["arguments"] else ""
    return f"{item['source']} -> {item['destination_type']} {item['destination']} [{item['routing_key']}]{arguments}"
