"""Every command, target and setting that a document names is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from chassis.cli import main
from tests.support.source import ROOT

DOCUMENTS = [
    ROOT / "deploy" / "env.example",
    *sorted(
        path
        for path in (*ROOT.glob("*.md"), *ROOT.glob("*/*.md"), *ROOT.glob("*/*/*.md"))
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    ),
]
SPAN = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
CRM = re.compile(r"(?:^|[\s(|/])crm ((?:[a-z-]+|<[a-z_]+>|\S)[^|;&)]*)")
MAKE = re.compile(r"(?:^|\$ |&& |^[A-Z_]+=\S+ )make ([a-z0-9-]+)")
VARIABLE = re.compile(r"CRM_[A-Z0-9_]*[A-Z0-9]")


def code(text: str) -> Iterator[str]:
    """The lines and spans of a document that are code."""
    for block in FENCED.findall(text):
        yield from block.splitlines()
    for line in FENCED.sub("", text).splitlines():
        yield from SPAN.findall(line)


def unknown_command(words: list[str]) -> str:
    """What is wrong with `crm <words>`; empty if it can be typed. Words in brackets stand for something."""
    command: click.Command = main
    context = click.Context(main)
    given = list(words)
    while isinstance(command, click.Group):
        if not given or given[0].startswith(("#", ">", "…", "<", "--help")):
            return ""
        name = given.pop(0)
        found = command.get_command(context, name)
        if found is None:
            return f"crm has no `{name}`"
        command = found
    options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    for word in given:
        if word.startswith(("#", ">")):
            break
        if word.startswith("-") and word.partition("=")[0] not in options:
            return f"`crm {command.name}` has no {word}"
    return ""


def wrong(text: str) -> list[str]:
    """What a document says that is not so."""
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    listed = set(re.findall(r"^(CRM_[A-Z0-9_]+)=", (ROOT / "deploy" / "env.example").read_text("utf-8"), re.MULTILINE))
    found = []
    for piece in code(text):
        for match in CRM.finditer(piece):
            trouble = unknown_command(match[1].split())
            found += [f"{piece}: {trouble}"] if trouble else []
        found += [f"{piece}: no such target" for name in MAKE.findall(piece) if name not in targets]
        found += [
            f"{piece}: {name} is not in deploy/env.example"
            for name in VARIABLE.findall(piece)
            if name not in listed and name.removesuffix("_FILE") not in listed
        ]
    return found


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_tells_one_to_type_can_be_typed(path: Path) -> None:
    assert wrong(path.read_text("utf-8")) == []


def test_the_operators_document_names_commands() -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert sum(bool(CRM.search(piece)) for piece in code(text)) > 15


@pytest.mark.parametrize(
    "planted",
    [
        "do `crm boot --account admin`",
        "do `crm dead reply sales`",
        "do `crm bootstrap --user admin`",
        "do `.venv/bin/crm nothing`",
        "do `make running`",
        "`CRM_PROCESSES=one make running`",
        "set `CRM_NOTHING`",
        "```\ncrm access look   # for it\n```",
        "```sh\n$ crm topology apply --now\n```",
    ],
)
def test_a_planted_command_that_is_not_there_is_found(planted: str) -> None:
    assert len(wrong(planted)) == 1


@pytest.mark.parametrize(
    "sound",
    [
        "`crm dead show <service> <id>`",
        "`crm`",
        "`crm run sales`",
        "`CRM_AMQP_URI_FILE`",
        "crm nothing",
        "`crm_metric`",
    ],
)
def test_what_can_be_typed_is_let_pass(sound: str) -> None:
    assert wrong(sound) == []
