"""From an answer and a template to a sheet as PDF: the same bytes whenever it is printed (docs/decisions/0032).

A template is `<name>.typ` beside this file and sees nothing but what the answer says (`told`) and `form.typ`.
What was typed reaches it as data and is never read as markup. Nothing is fetched, no font but ours is used.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import orjson
import typst

from contracts.money import yuan
from gateway.dossier_words import CODES, moment, word
from gateway.errors import SheetLacksCharacters, SheetTooLarge
from gateway.paper.amounts import capitals
from gateway.routing import Form

PDF = "application/pdf"
ARCHIVED: Final = "a-2u"
"""PDF/A-2u: readable in ten years, its text can be copied out, and a sign without a picture is an error."""

MOST_SIGNS = 20_000
"""Of all that a sheet is told: some ten pages, a second of the processor at worst."""
MOST_BYTES = 1_000_000
"""Of a sheet."""
MOST_NAMED = 20
"""Signs that a refusal names."""

_HERE = Path(__file__).parent
_FONTS = Path(str(files("manimgx_fonts_cjk")))
_WITHOUT_INK = re.compile(
    "[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
"""Signs that show nothing, or turn what follows around."""
_BLANK = re.compile(r"\s+")
"""Of whatever kind and number, line ends among them: a value is one line, broken where the sheet breaks it."""
_LACKING = re.compile(r'(?:the text|codepoint) `"(.+?)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def sheet(template: str) -> Form:
    """The form of an answer that is a sheet: whole, or refused. Called by the document's number."""
    return Form("pdf", PDF, partial(made, template), saved_as=lambda item: f"{item['number']}.pdf", whole=True)


def made(template: str, item: dict[str, Any]) -> bytes:
    """The sheet. `item` has a `version` and `changed_at`, the moment it came to be.

    Raises SheetTooLarge, SheetLacksCharacters.
    """
    data = orjson.dumps(told(item)).decode()
    if len(data) > MOST_SIGNS:
        raise SheetTooLarge
    try:
        content: bytes = typst.compile(
            _HERE / f"{template}.typ",
            root=_HERE,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"told": data},
            pdf_standards=ARCHIVED,
            timestamp=int(datetime.fromisoformat(item["changed_at"]).timestamp()),
        )
    except typst.TypstError as error:
        if lacking := _LACKING.findall(error.diagnostic):
            first = list(dict.fromkeys(lacking))[:MOST_NAMED]
            raise SheetLacksCharacters(characters=" ".join(map(_named, first))) from None
        raise
    if len(content) > MOST_BYTES:
        raise SheetTooLarge
    return content


def told(item: dict[str, Any]) -> dict[str, Any]:
    """What a template is told: the answer with its codes in Chinese and its moments as people write them.

    An amount `x_fen` is beside it `x_yuan` in figures and `x_capitals`, and beside an `x_id` that is nobody's an empty
    `x_name`.
    """
    said: dict[str, Any] = {}
    for field, value in item.items():
        if isinstance(value, dict):
            said[field] = told(value)
        elif isinstance(value, list):
            said[field] = [told(one) if isinstance(one, dict) else _said(field, one) for one in value]
        else:
            said[field] = _said(field, value)
        if field.endswith("_fen") and value is not None:
            stem = field.removesuffix("_fen")
            said |= {f"{stem}_yuan": yuan(value), f"{stem}_capitals": capitals(value)}
        elif field.endswith("_id") and value is None:
            said.setdefault(f"{field.removesuffix('_id')}_name", None)
    return said


def _said(field: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if field in CODES:
        return word(value)
    return moment(value) if field.endswith("_at") else _BLANK.sub(" ", _WITHOUT_INK.sub("", value)).strip()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FONTS])


def _named(text: str) -> str:
    """A sign with its number, for whose screen lacks it too."""
    signs = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return f"{signs}({' '.join(f'U+{ord(sign):04X}' for sign in signs)})"
