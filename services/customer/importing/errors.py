"""How the customer service refuses departmental files."""

from __future__ import annotations

from contracts.customer.imports import FILE_CODES, MAPPING_CODES
from contracts.refusals import Conflict, Invalid, NotFound, Refusal


class ImportNotFound(NotFound):
    """No such import, or one of another store."""

    code = "IMPORT_NOT_FOUND"
    zh = "没有这次导入"
    en = "There is no such import"


class ImportStarted(Conflict):
    """The file of an import that was started cannot be changed."""

    code = "IMPORT_STARTED"
    zh = "导入已经开始或已结束,请查看其结果"
    en = "This import was started before"


class ImportEnded(Conflict):
    """An import that has ended cannot be stopped."""

    code = "IMPORT_ENDED"
    zh = "导入已经结束"
    en = "This import has ended"


class ImportIncomplete(Conflict):
    """Parts of the file are missing: `received` of `size` bytes are there."""

    code = "IMPORT_INCOMPLETE"
    zh = "文件尚未上传完整({received}/{size} 字节)"
    en = "The file is not complete: {received} of {size} bytes are there"


class ImportAltered(Conflict):
    """The parts do not make the file that was announced."""

    code = "IMPORT_ALTERED"
    zh = "上传的内容与声明的文件不一致,请重新上传"
    en = "The parts do not make the file that was announced; upload it again"


class PartInvalid(Invalid):
    """No base64, too large, or more than was announced."""

    code = "PART_INVALID"
    zh = "文件分段无效:每段不超过 512 KB,总长不超过声明的大小"
    en = "A part has at most 512 KiB, and all together no more than was announced"


class _Told(Invalid):
    """A refusal whose sentences the file's reader wrote."""

    zh = "无法导入:{zh}"
    en = "This cannot be imported. {en}"


_OF_FILES: dict[str, type[_Told]] = {
    code: type(f"Refused_{code}", (_Told,), {"__doc__": "See the code.", "code": code, "__module__": __name__})
    for code in (*FILE_CODES, *MAPPING_CODES)
}


def refusal_of_file(code: str, *, zh: str, en: str) -> Refusal:
    """The refusal of a whole file or of a choice of its columns (S22)."""
    return _OF_FILES[code](zh=zh, en=en)
