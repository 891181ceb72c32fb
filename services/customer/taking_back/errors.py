"""How the customer service refuses to undo an import."""

from __future__ import annotations

from contracts.refusals import Conflict


class ImportRunning(Conflict):
    """The import has not ended; it can be stopped first."""

    code = "IMPORT_RUNNING"
    zh = "导入尚未结束,请等待其完成或先停止导入"
    en = "This import has not ended yet: wait for it, or stop it first"


class ImportNothingLeft(Conflict):
    """No row of the import was taken, or its rows are past their retention, and with them what it did."""

    code = "IMPORT_NOTHING_LEFT"
    zh = "该导入没有可撤销的内容(未写入任何行,或明细已过保留期)"
    en = "Nothing of this import can be undone: it took no row, or its rows are past their retention"
