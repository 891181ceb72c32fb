"""How the customer service refuses consents, documents and relations."""

from __future__ import annotations

from contracts.refusals import Conflict, Invalid, NotFound


class ConsentTextRequired(Invalid):
    """A consent is given to a text; which one must be known (PIPL 17)."""

    code = "CONSENT_TEXT_REQUIRED"
    zh = "记录同意须注明告知文本的版本"
    en = "A consent names the version of the text that was shown"


class DocumentNotFound(NotFound):
    """No such document in this customer's folder, or it was taken out before."""

    code = "DOCUMENT_NOT_FOUND"
    zh = "档案袋中没有这份资料"
    en = "There is no such document in this folder"


class RelationNotFound(NotFound):
    """No such relation of this customer, or it is over."""

    code = "RELATION_NOT_FOUND"
    zh = "没有这条关系"
    en = "There is no such relation"


class RelationImpossible(Invalid):
    """Nobody is his own relative, a company has none, and only a person has an employer."""

    code = "RELATION_IMPOSSIBLE"
    zh = "这两位客户之间不可能有此关系"
    en = "These two customers cannot be related in this way"


class RelationExists(Conflict):
    """The relation is there and lasts: `details["relation_id"]`."""

    code = "RELATION_EXISTS"
    zh = "该关系已存在"
    en = "This relation is there already"
