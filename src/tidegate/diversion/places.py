"""Countries in words."""

from __future__ import annotations

from collections.abc import Sequence

from tidegate.errors import BadInputError
from tidegate.sources.country_names import country_code

__all__ = ["countries"]


def countries(names: Sequence[str], option: str) -> tuple[str, ...]:
    """Return the codes of countries given by name or code. Raises: BadInputError: naming the one that is none."""
    found = []
    for name in names:
        code = country_code(name)
        if code is None:
            raise BadInputError(f"{option}: '{name}' is no country. Write a name or an ISO code: US, NL, CN.")
        found.append(code)
    return tuple(dict.fromkeys(found))
