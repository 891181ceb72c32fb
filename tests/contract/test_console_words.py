"""The console speaks both languages of everything the contracts name, and of nothing else."""

from __future__ import annotations

import inspect
import json
import re
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from contracts import vin
from contracts.access import matrix
from contracts.customer import duplicates, exports, folder, imports, operations, privacy, relations
from contracts.customer.senders import reveal_to_sender
from contracts.declared import fields_of
from contracts.followup import operations as followup
from contracts.policies import POLICIES
from contracts.sales.lines import LineKind
from contracts.sales.operations import Fault, OrderStatus, PaymentKind
from contracts.sales.parties import PartyKind, PartyRole
from contracts.sales.quotes import LostReason, QuoteStatus
from contracts.sales.stock import Certificate, Condition, StockStatus
from contracts.workshop.appointments import AppointmentState
from contracts.workshop.bays import BayKind
from contracts.workshop.comebacks import ComebackState
from contracts.workshop.operations import LineState, PayType, Stage
from contracts.workshop.progress import RiskReason
from deploy.local.console import SOURCES
from deploy.local.environment import SERVICES
from gateway.routes import TABLE
from services.customer.folder.rules.completeness import DICTIONARY
from services.customer.importing.spreadsheets import cells, delimited, occupations, reading, rows, wordings, workbook
from services.customer.importing.usecases import batch
from services.customer.record.rules import matching, resident_id
from services.customer.segments import rules as segments
from services.customer.view.rules.asking import By
from services.customer.view.usecases.timeline import TOLD
from services.sales.stock.rules import CERTIFICATES

WORDS = SOURCES / "src" / "i18n"
HAN = re.compile(r"[\u3400-\u9fff]")


def words(language: str) -> dict[str, str]:
    """Every key of a language with its sentence."""
    found: dict[str, str] = {}
    for path in sorted(set((WORDS / language).glob("*.json")) - set((WORDS / language).glob("*.gen.json"))):
        found |= flat(json.loads(path.read_text()), path.stem)
    return found


def flat(of: dict[str, Any], above: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, inner in of.items():
        found |= flat(inner, f"{above}.{name}") if isinstance(inner, dict) else {f"{above}.{name}": inner}
    return found


def places(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


def sources() -> list[Path]:
    return [
        path for path in (SOURCES / "src").rglob("*") if path.suffix in (".vue", ".ts") and ".gen." not in path.name
    ]


def test_both_languages_say_the_same_things_with_the_same_places_to_fill() -> None:
    zh, en = words("zh"), words("en")
    assert zh.keys() ^ en.keys() == set()
    assert [key for key in zh if places(zh[key]) != places(en[key])] == []


def test_english_holds_no_chinese_and_chinese_is_chinese() -> None:
    zh, en = words("zh"), words("en")
    assert [key for key, sentence in en.items() if HAN.search(sentence)] == []
    assert {sentence for sentence in zh.values() if not HAN.search(sentence)} == {"—", "、"}


def test_what_a_person_reads_stands_in_no_component() -> None:
    said = {
        path.name: line.strip()
        for path in sources()
        if not path.name.endswith(".test.ts")
        for line in path.read_text().splitlines()
        if HAN.search(re.sub(r"/\*.*?\*/|//.*|^\s*\*.*|/\*\*.*", "", line))
    }
    # a name in its own language, and what is no word but a class of signs
    assert {name: line for name, line in said.items() if "English" not in line and "㐀" not in line} == {}


@pytest.mark.parametrize("key", [key for key in words("zh") if not key.startswith("enums.")])
def test_every_sentence_is_used(key: str) -> None:
    text = "\n".join(path.read_text() for path in sources())
    # the last word may be chosen while it runs: `shell.page.${page.name}`
    parent = key.rpartition(".")[0]
    assert f'"{key}"' in text or f"'{key}'" in text or f"{parent}.${{" in text, f"{key} is said nowhere"


def said_in(path: Path) -> set[str]:
    """The keys of sentences that a source names: to be said at once, or in a row of fields, columns and acts."""
    return set(re.findall(r"""(?:\bt\(|\$t\(|label: |hint: |none: )["'](\w+\.[\w.]+)["']""", path.read_text()))


def test_every_sentence_that_a_source_names_is_there() -> None:
    known = words("zh")
    missing = {f"{path.name}: {key}" for path in sources() for key in said_in(path) - known.keys()}
    assert missing == set(), "it would stand on the screen as its key"


POLICY_SHAPES: list[Any] = [kind.shape for kind in POLICIES.values()]
CODES_OF_POLICIES = sorted(
    {
        code.value
        for shape in POLICY_SHAPES
        for declared in fields_of(shape).values()
        if isinstance(declared.type, type) and issubclass(declared.type, StrEnum)
        for code in declared.type
    }
)
ACCESSED = sorted(
    {
        operation.name.partition(".")[2]
        for operation in (
            *(route.operation for route in TABLE.routes if route.logs_access or route.files or route.searches),
            reveal_to_sender,
        )
    }
)
"""What the access log tells of, by what stands last in its name."""


def values(of: type[StrEnum]) -> list[str]:
    return [each.value for each in of]


def notes_of_cells() -> set[str]:
    """What is doubtful about a cell already where the file is read."""
    return {
        code
        for source in (workbook, delimited, reading)
        for code in re.findall(r'"((?:DIGITS|FORMULA|BEYOND|QUOTE)_[A-Z]+)"', inspect.getsource(source))
    }


def warnings_of_rows() -> list[str]:
    """What a row of a department's list may be taken with: doubts, and what of it was left out."""
    read = set()
    for source, codes in (
        (cells, r"[A-Z]+_[A-Z]+"),
        (occupations, r"[A-Z]+_[A-Z]+"),
        (rows, r"[A-Z]+_INVALID|DIGITS_LOST"),
    ):
        read |= set(re.findall(rf'"({codes})"', inspect.getsource(source)))
    doubts = {rows.MASKED, rows.VIN_TAIL, rows.TWO_NAMES, rows.TITLE_UNKNOWN, *notes_of_cells()}
    doubts |= {rows.OTHER_DOCUMENT, batch.CARD_TAKEN, batch.MOBILE_SHARED, resident_id.BORN_BEFORE_1900, vin.UNVERIFIED}
    return sorted(doubts | read - {"MONEY_INVALID", "TRUTH_INVALID"})  # which no field of a list is read as


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("role", list(matrix().roles)),
        ("kind", values(operations.CustomerKind)),
        ("gender", values(operations.Gender)),
        ("occupation", values(operations.Occupation)),
        ("vehicleRole", values(operations.VehicleRole)),
        ("channel", values(operations.Channel)),
        ("consentChannel", values(folder.ConsentChannel)),
        ("consentPurpose", values(folder.Purpose)),
        ("basis", values(folder.Basis)),
        ("documentType", values(folder.DocumentType)),
        ("relation", values(relations.RelationKind)),
        ("matchedBy", values(By)),
        ("missing", [field.name for field in DICTIONARY]),
        ("repairStage", values(Stage)),
        ("payType", values(PayType)),
        ("appointmentState", values(AppointmentState)),
        ("bayKind", values(BayKind)),
        ("lineState", values(LineState)),
        ("riskReason", values(RiskReason)),
        ("comebackState", values(ComebackState)),
        ("orderStatus", values(OrderStatus)),
        ("quoteStatus", values(QuoteStatus)),
        ("lostReason", values(LostReason)),
        ("lineKind", values(LineKind)),
        ("partyRole", values(PartyRole)),
        ("partyKind", values(PartyKind)),
        ("paymentKind", values(PaymentKind)),
        ("cancelFault", values(Fault)),
        ("stockStatus", values(StockStatus)),
        ("certificate", values(Certificate)),
        ("condition", values(Condition)),
        ("visitStatus", values(followup.VisitStatus)),
        ("pairStatus", values(duplicates.PairStatus)),
        ("evidence", values(matching.Kind)),
        ("veto", values(matching.Veto)),
        ("suspectedRelation", values(matching.Relation)),
        ("service", list(SERVICES)),
        ("department", values(imports.Department)),
        ("importStatus", values(imports.ImportStatus)),
        ("outcome", values(imports.Outcome)),
        ("undone", values(imports.Undone)),
        ("importField", values(wordings.Field)),
        ("importWarning", warnings_of_rows()),
        ("exportStatus", values(exports.ExportStatus)),
        ("fact", ["vehicle", "consent", *segments.FACTS]),
        ("demand", ["model", *sorted({demand for asked in segments._DEMANDS.values() for demand in asked})]),
        ("policyValue", [*CODES_OF_POLICIES, "true", "false"]),
        ("accessed", ACCESSED),
        ("privacyKind", values(privacy.RequestKind)),
        ("privacyStatus", values(privacy.RequestStatus)),
        ("event", [event.declaration.name for event in TOLD]),
    ],
)
def test_every_code_that_is_shown_has_its_word(name: str, known: list[str]) -> None:
    said = json.loads((WORDS / "zh" / "enums.json").read_text())[name]
    assert set(said) ^ set(known) == set(), "one that is missing is shown as its code, one that is more is of nothing"


def test_a_certificate_goes_on_the_screen_where_the_service_lets_it_go() -> None:
    source = (SOURCES / "src/features/sales/model.ts").read_text("utf-8").partition("CERTIFICATE_NEXT = {")[2]
    rows = re.findall(r"(\w+): \[([^\]]*)\]", source.partition("}")[0])
    shown = {before: re.findall(r"\w+", after) for before, after in rows}
    assert shown == {before.value: [one.value for one in after] for before, after in CERTIFICATES.items()}
