"""Claims from a story on one machine, without any service."""

from tidegate.claims.extract.extractor import extract_claims

__all__ = ["extract_claims"]
