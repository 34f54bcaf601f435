"""Stories in: text, Markdown, HTML, PDF, e-mail, feeds and dumps, with their day and outlet where given."""

from tidegate.claims.documents.document import MAX_BYTES, Document, Passage
from tidegate.claims.documents.files import READABLE, find_files
from tidegate.claims.documents.language import detect_language, unreadable
from tidegate.claims.documents.reader import document_of_text, read_document, read_documents

__all__ = [
    "MAX_BYTES",
    "READABLE",
    "Document",
    "Passage",
    "detect_language",
    "document_of_text",
    "find_files",
    "read_document",
    "read_documents",
    "unreadable",
]
