"""The supply-chain tables of CSET's Emerging Technology Observatory, for those who have downloaded them.

The tables are under CC BY-NC 4.0: credit CSET/ETO, no commercial use. So they are not shipped. Whoever may use
them downloads `inputs.csv`, `providers.csv` and `provision.csv` from github.com/georgetown-cset/eto-chip-explorer
and hands the folder over. Shares are of the world market in percent, of one year an input (2019 to 2025); a blank
share means that the firm is present and nothing more.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tidegate.errors import BadInputError

__all__ = ["LICENCE", "EtoTables", "Share", "read_eto"]

LICENCE = "CC BY-NC 4.0, Center for Security and Emerging Technology, Georgetown University"

_COLUMNS: Mapping[str, frozenset[str]] = {
    "inputs.csv": frozenset({"input_id", "input_name", "type", "year"}),
    "providers.csv": frozenset({"provider_name", "provider_id", "provider_type", "country"}),
    "provision.csv": frozenset(
        {"provider_name", "provider_id", "provided_name", "provided_id", "share_provided", "year"}
    ),
}
_CODES = {"USA": "US", "CHN": "CN", "KOR": "KR", "JPN": "JP", "TWN": "TW", "NLD": "NL", "DEU": "DE", "GBR": "GB",
          "FRA": "FR", "AUT": "AT", "BEL": "BE", "CHE": "CH", "SWE": "SE", "ITA": "IT", "ISR": "IL", "SGP": "SG",
          "CAN": "CA", "AUS": "AU", "RUS": "RU", "FIN": "FI", "NOR": "NO", "MYS": "MY", "HKG": "HK",
          "EUR": "EU"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """One provider of one input. share: 0 to 1 of the world market, None where only presence is known.

    country: ISO 3166-1 alpha-2 of its headquarters, EU for Europe as a whole, None where the tables have another word.
    is_country: the row is the sum of a country's firms.
    """

    input: str
    provider: str
    country: str | None
    is_country: bool
    share: float | None
    year: int | None


@dataclass(frozen=True, slots=True)
class EtoTables:
    """The shares of a folder of tables. inputs: name by id."""

    inputs: Mapping[str, str]
    shares: tuple[Share, ...]

    def of_input(self, name: str) -> tuple[Share, ...]:
        """Return the providers of an input, the largest first. Raises: BadInputError: naming inputs that are near."""
        if name not in self.inputs.values():
            from rapidfuzz import process

            near = [match[0] for match in process.extract(name, list(self.inputs.values()), limit=3)]
            raise BadInputError(f"The tables have no input '{name}'. Near: {', '.join(near)}.")
        own = [share for share in self.shares if share.input == name]
        return tuple(sorted(own, key=lambda share: (-(share.share or 0.0), share.provider)))

    def by_country(self, name: str) -> dict[str, float]:
        """Return the share of the world market by country of headquarters, where the tables give one.

        The rows of countries are used where there are any; else the firms of each country are added up.
        """
        rows = [
            share for share in self.of_input(name) if share.share is not None and share.country is not None
        ]
        whole = [share for share in rows if share.is_country] or rows
        found: dict[str, float] = {}
        for row in whole:
            found[str(row.country)] = found.get(str(row.country), 0.0) + (row.share or 0.0)
        return found


def read_eto(folder: str | Path) -> EtoTables:
    """Return the tables of a folder. Raises: BadInputError: naming the file, the line and the mend."""
    place = Path(folder)
    inputs = {row["input_id"]: row["input_name"] for _, row in _rows(place, "inputs.csv")}
    providers = {row["provider_id"]: row for _, row in _rows(place, "providers.csv")}
    shares = []
    for line, row in _rows(place, "provision.csv"):
        if row["provided_id"] not in inputs:
            # Some links are to a stage of the chain and not to an input.
            continue
        provider = providers.get(row["provider_id"])
        if provider is None:
            raise BadInputError(
                f"{place / 'provision.csv'}:{line}: provider '{row['provider_id']}' is not in providers.csv. "
                "Take all three files from one download."
            )
        is_country = provider["provider_type"] == "country"
        word = provider["provider_name"] if is_country else provider["country"]
        shares.append(Share(
            inputs[row["provided_id"]], row["provider_name"], _CODES.get(word), is_country,
            _share(row["share_provided"], place, line), int(row["year"]) if row["year"].isdigit() else None,
        ))  # fmt: skip
    return EtoTables(inputs, tuple(shares))


def _rows(folder: Path, name: str) -> list[tuple[int, dict[str, str]]]:
    path = folder / name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            f"{path}: the file cannot be read: {error}. Download it beside the others."
        ) from None
    reader = csv.DictReader(text.splitlines(keepends=True))
    missing = _COLUMNS[name] - set(reader.fieldnames or ())
    if missing:
        raise BadInputError(
            f"{path}:1: column '{min(missing)}' is missing. Is it the file of the observatory?"
        )
    return [(reader.line_num, {key: value or "" for key, value in row.items() if key}) for row in reader]


def _share(text: str, folder: Path, line: int) -> float | None:
    if not text.strip():
        return None
    try:
        share = float(text) / 100
    except ValueError:
        share = -1.0
    # Sums of rounded shares reach a little over one.
    if not 0 <= share <= 1.05:
        raise BadInputError(
            f"{folder / 'provision.csv'}:{line}: share_provided '{text}' is no percentage. Mend it."
        )
    return share
