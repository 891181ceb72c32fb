"""The order sheet: what stands in the order stands on it, and it is the same whenever it is printed (R42)."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import orjson
import pytest

from gateway.errors import SheetLacksCharacters, SheetTooLarge
from gateway.paper import setting
from tests.support.paper import pages, squeezed, text
from tests.support.source import ROOT

RARE = "㛃䶮𬭊𠮷𡃁𫖯𬘬𬸪喆堃镕囍軍義"
"""Of names and places: Ext A to E, traditional ones, and those that trimmed fonts lack."""
STANDARD = (
    "𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍣𫍯𫍲𫍽𫐄𫐐𫐓"
    "𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𫢸𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩𬀪𬂩𬃊𬇕𬇙𬇹𬉼𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔"
    "𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟"
    "𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓"
)
"""Of the table of standard characters (通用规范汉字表) those of Ext C to E, and 35 of Ext B."""


def order(**differs: Any) -> dict[str, Any]:
    """An answer of `sales.order_sheet`, with its names."""
    at = "2026-11-20T10:00:00+08:00"
    paid = [
        {"kind": "deposit", "amount_fen": 2_000_000, "confirmed_at": "2026-11-20T11:00:00+08:00"},
        {"kind": "balance", "amount_fen": 3_000_050, "confirmed_at": "2026-11-21T09:00:00+08:00"},
    ]
    lines = [
        {"kind": "car", "description": "别克 GL8", "list_fen": 29_000_000, "discount_fen": 320_000,
         "amount_fen": 28_680_000, "vat_fen": 3_299_469},
        {"kind": "gift", "description": "贴膜", "list_fen": 150_000, "discount_fen": 150_000,
         "amount_fen": 0, "vat_fen": 0},
    ]  # fmt: skip
    parties = [
        {"role": "buyer", "kind": "customer", "customer_id": "0194", "customer_name": RARE, "firm": None,
         "amount_fen": 8_680_000},
        {"role": "owner", "kind": "customer", "customer_id": "0195", "customer_name": "陈小燕", "firm": None,
         "amount_fen": None},
        {"role": "payer", "kind": "lender", "customer_id": None, "firm": "平安银行", "amount_fen": 20_000_000},
    ]  # fmt: skip
    known: dict[str, Any] = {
        "colour": "", "parties": parties, "lines": lines, "discount_fen": 320_000, "gift_fen": 150_000,
        "order_id": "0193", "number": "HN-SO-202611-0001", "store_id": "HN", "store_name": "华南店",
        "customer_id": "0194", "customer_name": RARE, "consultant_id": "HN01", "consultant_name": "顾问李",
        "model": "别克 GL8", "status": "allocated", "total_fen": 28_680_000, "paid_fen": 5_000_050,
        "balance_fen": 23_679_950, "payments": paid, "contract_no": "HT-0077", "signer": "陈晓明", "signed_at": at,
        "promised_date": "2026-12-05", "vin": "LSGDC82C02S716214", "allocated_at": "2026-11-21T10:30:00+08:00",
        "delivered_at": None, "created_at": at, "version": 5, "changed_at": "2026-11-21T02:30:00.123456+00:00",
    }  # fmt: skip
    return known | differs


def made(**differs: Any) -> bytes:
    return setting.made("order_sheet", order(**differs))


def test_what_stands_in_the_order_can_be_read_back_rare_characters_too() -> None:
    """9.3."""
    assert len(made()) < 1_000_000
    said = text(made())
    for told in (
        RARE, "华南店", "顾问李", "陈晓明", "别克GL8", "已配车", "HT-0077", "LSGDC82C02S716214", "2026-12-05",
        "¥286,800.00", "贰拾捌万陆仟捌佰元整", "¥50,000.50", "伍万元零伍角", "¥236,799.50",
        f"购车人{RARE}客户86,800.00", "车主陈小燕客户", "付款人平安银行贷款机构200,000.00",
        "1别克GL8车辆290,000.003,200.00286,800.00", "2贴膜赠品1,500.001,500.000.00",
        "贰拾叁万陆仟柒佰玖拾玖元伍角", "12026-11-2011:00定金20,000.00", "22026-11-2109:00车款30,000.50",
        "买方(签字)", "卖方(盖章)", "依据第5版记录(2026-11-2110:30)制作", "第1页,共1页",
    ):  # fmt: skip
        assert told in said, told


def test_an_order_that_is_not_signed_yet_leaves_room_for_what_is_written_by_hand() -> None:
    nothing = dict.fromkeys(("contract_no", "signer", "signed_at", "promised_date", "vin", "allocated_at"))
    alone = order()["parties"][:1]
    said = text(made(**nothing, payments=[], parties=alone, status="approved"))
    assert "待签约" in said
    assert "None" not in said and "已收款项" not in said and "付款人" not in said


PRINT = """
import sys, orjson
from gateway.paper import setting
sys.stdout.buffer.write(setting.made("order_sheet", orjson.loads(sys.argv[1])))
"""


def test_a_reprint_is_the_same_to_the_byte_in_another_process_elsewhere_on_earth() -> None:
    elsewhere = {**os.environ, "TZ": "America/New_York", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1"}
    again = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PRINT, orjson.dumps(order()).decode()],
        cwd=ROOT, env=elsewhere, capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert again == made() == made()
    assert made(version=6) != again


@pytest.mark.parametrize(
    "typed",
    [
        '#import "@preview/x:1.0.0": *', '#read("/etc/passwd")', "#panic()", "]", "[", "$x^2$", "\\", "*_`=-/+@<a>",
        "// no comment", "/* nor this */", "```", "{{ 1 }}", "%s", "</text>", "<script>", "&amp;", "#", '"', "''",
    ],
)  # fmt: skip
def test_what_was_typed_is_text_and_never_markup(typed: str) -> None:
    fields = ("customer_name", "signer", "model", "contract_no", "store_name", "consultant_name")
    said = text(made(**dict.fromkeys(fields, f"前{typed}后")))
    assert said.count(squeezed(f"前{typed}后")) == len(fields) + 1  # the store stands in the head and as the seller


def test_signs_without_ink_are_left_out_and_turn_nothing_around() -> None:
    said = text(made(model="a\u202e12345\u202cb\0c\ufeff\u200bd\ufe0fe\u3164f\U000e0101g"))
    assert "车型a12345bcdefg" in said.replace("车架号LSGDC82C02S716214", "")


@pytest.mark.parametrize("blank", ["\n", "\r\n", "\t", "\x85", "\xa0", "\u202f", "\u2028", "\u2029", "\u3000", "  \n "])
def test_a_value_is_one_line_whatever_blanks_were_typed(blank: str) -> None:
    """What was typed makes no line of its own into the sheet, and no word too long for its box."""
    assert made(signer=f"{blank}王芳{blank}代{blank}") == made(signer="王芳 代")


def test_a_name_of_signs_without_ink_leaves_room_to_write_it() -> None:
    assert made(signer="\u3164") == made(signer=None)


def test_a_word_without_blanks_does_not_run_out_of_the_sheet() -> None:
    lines = [line for page in pages(made(model="W" * 400)) for line in page.splitlines() if "WWW" in line]
    assert sum(line.count("W") for line in lines) == 400
    assert max(line.count("W") for line in lines) < 30


@pytest.mark.parametrize("typed", ["𪨊", "👍", "שלום", "مرحبا", "ไทย", "\ue000"])
def test_a_sign_that_the_font_lacks_is_named_and_nothing_is_printed(typed: str) -> None:
    """9.4."""
    with pytest.raises(SheetLacksCharacters) as refused:
        made(customer_name=f"陈{typed}")
    named = str(refused.value.details["characters"])
    assert typed[0] in named and f"U+{ord(typed[0]):04X}" in named
    assert "陈" not in named


def test_of_many_that_it_lacks_the_first_are_named() -> None:
    with pytest.raises(SheetLacksCharacters) as refused:
        made(model="".join(map(chr, range(0x1F600, 0x1F640))))
    assert str(refused.value.details["characters"]).count("U+") == setting.MOST_NAMED


def test_ten_thousand_signs_are_set_and_more_than_a_sheet_is_for_is_refused() -> None:
    said = text(made(model="陈a " * 3333 + "尽"))
    assert said.count("陈a") == 3333 and "尽" in said
    with pytest.raises(SheetTooLarge):
        made(model="陈" * setting.MOST_SIGNS)
    with pytest.raises(SheetTooLarge):
        made(model="".join(map(chr, range(0x4E00, 0x4E00 + 9000))))  # signs enough, and a picture for each


ONE_PICTURE = "墫壿"
"""Of these the font has one picture: beside each other they are read back as the first."""
UNIFIED = "".join(map(chr, range(0x4E00, 0x9FA6)))
EXTENSION_A = "".join(map(chr, range(0x3400, 0x4DB6)))


@pytest.mark.parametrize(
    "signs", [(UNIFIED + EXTENSION_A)[at : at + 2000] for at in range(0, len(UNIFIED + EXTENSION_A), 2000)] + [STANDARD]
)
def test_the_font_has_what_people_and_places_are_called_by(signs: str) -> None:
    assert set(signs) - set(text(made(model=signs))) <= {ONE_PICTURE[1]}
