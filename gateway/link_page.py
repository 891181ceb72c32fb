"""Pages for customers who have a link: for a phone, without scripts, every text escaped, nothing loaded or led to."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from typing import NamedTuple

HTML = "text/html; charset=utf-8"

STYLE = """
*{box-sizing:border-box}
body{margin:0 auto;max-width:32rem;padding:1.2rem;color:#111;background:#fff;
 font:16px/1.6 "PingFang SC","Microsoft YaHei","WenQuanYi Micro Hei","Noto Sans CJK SC",sans-serif}
h1{font-size:1.35rem;margin:0 0 .2rem}p{margin:.3rem 0;overflow-wrap:anywhere}.s{color:#666;font-size:.85rem}
ol{list-style:none;margin:1.2rem 0;padding:0}
li{display:flex;justify-content:space-between;padding:.6rem 0 .6rem 1.9rem;position:relative;
 border-bottom:1px solid #e5e5e5;color:#666}
li::before{content:"○";position:absolute;left:.2rem}
li span+span{flex:none;padding-left:.8rem}small{display:block;font-weight:400;color:#666;font-size:.85rem}
li.done{color:#111;font-weight:600}li.done::before{content:"✓";color:#0a7d33}
li.late,li.late small{color:#a4372a}li.late::before{content:"!";font-weight:700}
footer{margin-top:1.6rem}h2{font-size:1.1rem;margin:0 0 .4rem}
section{margin-top:1.4rem;padding:.9rem;border:1px solid #ccc;border-radius:.5rem}
.d{display:flex;justify-content:space-between;gap:1rem}.d span:first-child{overflow-wrap:anywhere}
label{display:block;margin:.8rem 0 .2rem}input,button{font:inherit;width:100%;padding:.7rem;border-radius:.4rem}
input{border:1px solid #888}button{margin-top:.6rem;border:1px solid #0a5c8a;background:#fff;color:#0a5c8a}
button:first-of-type{background:#0a5c8a;color:#fff}
""".strip()


def _policy(*, sends_to: str) -> str:
    style = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; base-uri 'none'; form-action {sends_to}; frame-ancestors 'none'; "
        f"style-src 'sha256-{style}'"
    )


POLICY = _policy(sends_to="'none'")
"""The page's own style may apply, nothing may run, be loaded or sent."""

ASKING_POLICY = _policy(sends_to="'self'")
"""The same of a page that asks: its answer goes to where the page came from, and nowhere else."""


class Step(NamedTuple):
    """What a step is called, and the day it was done, if it was; else when it will be, and what is said of it."""

    name: str
    done_on: str | None
    when: str = ""
    note: str = ""
    late: bool = False


def page(title: str, *parts: str) -> bytes:
    """A whole page; the parts are HTML."""
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>"
    ).encode()


def line(text: object, *, small: bool = False) -> str:
    """A line of text."""
    return f"<p{' class=s' if small else ''}>{escape(str(text))}</p>"


def steps(told: Iterable[Step]) -> str:
    """The steps of something, in their order."""
    return f"<ol>{''.join(map(_row, told))}</ol>"


def _row(step: Step) -> str:
    kind = " class=done" if step.done_on else " class=late" if step.late else ""
    note = f"<small>{escape(step.note)}</small>" if step.note else ""
    return f"<li{kind}><span>{escape(step.name)}{note}</span><span>{escape(step.done_on or step.when)}</span></li>"


def priced(text: object, yuan: str) -> str:
    """Something with its price beside it."""
    return f"<p class=d><span>{escape(str(text))}</span><span>¥{escape(yuan)}</span></p>"


def form(*parts: str) -> str:
    """What is sent to the address of the page itself."""
    return f'<form method="post" autocomplete="off">{"".join(parts)}</form>'


def hidden(name: str, value: object) -> str:
    """A value that goes along."""
    return f'<input type="hidden" name="{escape(name)}" value="{escape(str(value))}">'


def text(name: str, *, label: str, most: int) -> str:
    """Something to be typed, which must be."""
    told = f'<label for="{escape(name)}">{escape(label)}</label>'
    return f'{told}<input id="{escape(name)}" name="{escape(name)}" maxlength="{most}" required>'


def button(name: str, value: str, label: str) -> str:
    """One of the answers."""
    return f'<button name="{escape(name)}" value="{escape(value)}">{escape(label)}</button>'


def sorry(title: str, *, look_again: bool = False) -> bytes:
    """The page of a link that opens nothing, or not now; or of an answer that came too late, to look again."""
    return page(title, '<form method="get"><button>重新查看</button></form>' if look_again else "")
