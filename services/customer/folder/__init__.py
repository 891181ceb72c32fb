"""What is kept beside a record: consents, documents, relations, how complete it is, all of it on paper."""

from services.customer.folder.queries import completeness, contents, dossier, prefill
from services.customer.folder.usecases import consents, documents, relations, senders

__all__ = ["completeness", "consents", "contents", "documents", "dossier", "prefill", "relations", "senders"]
