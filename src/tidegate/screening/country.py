"""The country of a party as people write it."""

from __future__ import annotations

from functools import lru_cache

from tidegate.catalog import load_catalog
from tidegate.errors import BadInputError, NotFoundError

__all__ = ["country_code"]


@lru_cache(maxsize=10_000)
def country_code(text: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a country. Raises: BadInputError: if nothing answers to that name.

    >>> country_code("China"), country_code("hk")
    ('CN', 'HK')
    """
    catalog = load_catalog()
    if text.strip().upper() in catalog.countries:
        return text.strip().upper()
    try:
        return catalog.find(text, "country")
    except NotFoundError as error:
        raise BadInputError(f"'{text}' is no country. {error}") from None
