"""How trade files are laid out, told from the names of their columns, and how each becomes the same columns.

Sources of the layouts: UN Comtrade's data dictionary (47 columns since 2022, 35 before) and downloads in both; CEPII's
description of BACI; the variables of api.census.gov/data/timeseries/intltrade/exports/hs and imports/hs; downloads of
Taiwan's customs statistics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tidegate.errors import BadInputError
from tidegate.sources.flows.cells import Cells
from tidegate.sources.flows.layout import Layout, Told
from tidegate.sources.flows.plain import plain_table
from tidegate.tables import need

if TYPE_CHECKING:
    import polars

__all__ = ["layout_of"]

COMTRADE_FLOWS = {"X": "export", "M": "import", "RX": "reexport", "RM": "reimport"}
SAME = {flow: flow for flow in COMTRADE_FLOWS.values()}
OLD_FLOWS = {"1": "import", "2": "export", "3": "reexport", "4": "reimport"}
_BROKEN_DOWN = ("DISTRICT", "PORT", "STATE", "RP", "CTY_SUBCODE", "DIST_ENTRY", "DIST_UNLADING")


def layout_of(columns: Sequence[str], schema: Mapping[str, Any], name: str, told: Told) -> Layout:
    """Return the layout of a file. columns, schema: names and types of its columns. name: the file.

    Raises: BadInputError: naming what is missing and the mend.
    """
    cells = Cells(columns, schema, name)
    kinds: Sequence[tuple[Sequence[str], Callable[[Cells, Told], Layout]]] = (
        (("reporterCode", "partnerCode", "flowCode", "cmdCode", "primaryValue"), _comtrade),
        (("Reporter Code", "Partner Code", "Commodity Code", "Trade Value (US$)"), _comtrade_old),
        (("t", "i", "j", "k", "v"), _baci),
        (("E_COMMODITY",), _census),
        (("I_COMMODITY",), _census),
        (("Country", "HS Code", "Export Value (USD)"), _taiwan),
        (("Country", "HS Code", "Import Value (USD)"), _taiwan),
    )
    for wanted, made in kinds:
        if all(cells.has(column) for column in wanted):
            return replace(made(cells, told), numbers=cells.numbers)
    return replace(plain_table(cells, told), numbers=cells.numbers)


def _comtrade(cells: Cells, told: Told) -> Layout:
    pl = need("polars")
    flow = cells.text("flowCode").str.to_uppercase()
    value, cif, fob = (cells.number(name) for name in ("primaryValue", "cifvalue", "fobvalue"))
    estimated = cells.is_true("isNetWgtEstimated") | cells.text("legacyEstimationFlag").is_in(["4", "6"])
    return Layout(
        "UN Comtrade",
        cells.rows(
            period="period",
            reporter=cells.text("reporterCode"),
            partner=cells.text("partnerCode"),
            flow=flow,
            hs=cells.text("cmdCode"),
            value=("primaryValue", 1),
            kg=("netWgt", 1),
            valuation=pl.when(cif == value).then(pl.lit("CIF")).when(fob == value).then(pl.lit("FOB")),
            estimated=estimated.fill_null(value=False),
        ),
        COMTRADE_FLOWS,
        [
            ("of services, not goods", ~_is(cells, "typeCode", "C")),
            ("by customs procedure, which the totals hold already", ~_is(cells, "customsCode", "C00")),
            ("by mode of transport, which the totals hold already", ~_is(cells, "motCode", "0")),
            ("by second partner, which the totals hold already", ~_is(cells, "partner2Code", "0")),
            ("in another classification than HS", ~cells.starts("classificationCode", "H")),
            ("of flows other than exports, imports, re-exports and re-imports",
             flow.is_not_null() & ~flow.is_in(list(COMTRADE_FLOWS))),
            ("of totals, not of a code", cells.text("cmdCode").str.contains("[A-Za-z]")),
        ],
        scheme="m49",
        latin_1=True,
    )  # fmt: skip


def _comtrade_old(cells: Cells, told: Told) -> Layout:
    return Layout(
        "UN Comtrade until 2022",
        cells.rows(
            period="Period" if cells.has("Period") else "Year",
            reporter=cells.text("Reporter Code"),
            partner=cells.text("Partner Code"),
            flow="Trade Flow Code",
            hs=cells.text("Commodity Code"),
            value=("Trade Value (US$)", 1),
            kg=("Netweight (kg)", 1),
            estimated=cells.text("Flag").is_in(["4", "6"]).fill_null(value=False),
        ),
        OLD_FLOWS,
        [
            ("by customs procedure, which the totals hold already", ~_is(cells, "Customs Proc. Code", "C00")),
            (
                "by mode of transport, which the totals hold already",
                ~_is(cells, "Mode of Transport Code", "0"),
            ),
            ("by second partner, which the totals hold already", ~_is(cells, "2nd Partner Code", "0")),
            ("in another classification than HS", ~cells.starts("Classification", "H")),
            ("of totals, not of a code", cells.text("Commodity Code").str.contains("[A-Za-z]")),
        ],
        scheme="m49",
        latin_1=True,
    )


def _baci(cells: Cells, told: Told) -> Layout:
    pl = need("polars")
    return Layout(
        "BACI",
        cells.rows(
            period="t",
            reporter=cells.text("i"),
            partner=cells.text("j"),
            flow=pl.lit("export"),
            # Read and written as a number, a code of chapters 1 to 9 loses its nought.
            hs=cells.text("k").str.zfill(6),
            value=("v", 1000),
            kg=("q", 1000),
            valuation=pl.lit("FOB"),
        ),
        SAME,
        scheme="m49",
        lists_all=True,
        notes=(
            "BACI is annual and has the reports of both sides already made into one: its rows are put down as "
            "exports of the exporter, and are of no use for mirror gaps.",
        ),
    )


def _census(cells: Cells, told: Told) -> Layout:
    pl = need("polars")
    is_export = cells.has("E_COMMODITY")
    value = "ALL_VAL_MO" if is_export else "GEN_VAL_MO"
    if not cells.has(value):
        raise BadInputError(
            f"{cells.name}:1: column '{value}' is missing: values of the year to date, or of imports for "
            f"consumption, are not those of the month. Ask the interface for {value}."
        )
    if not (cells.has("time") or (cells.has("YEAR") and cells.has("MONTH"))):
        raise BadInputError(
            f"{cells.name}:1: there is no month. Ask the interface for 'time', or for YEAR and MONTH."
        )
    if not cells.has("CTY_CODE"):
        raise BadInputError(f"{cells.name}:1: column 'CTY_CODE' is missing. Ask the interface for CTY_CODE.")
    domestic = cells.text("DF")
    flow: Any = pl.lit("export" if is_export else "import")
    if is_export:
        flow = pl.when(domestic == "2").then(pl.lit("reexport")).otherwise(flow)
    broken = [~_is(cells, name, "-") for name in _BROKEN_DOWN if cells.has(name)]
    notes = (
        "US exports are valued free alongside ship and imports at customs value: both without freight and insurance, "
        "put down as FOB.",
        "The US Census interface has weights of shipments by air and by vessel only; kg is left empty.",
    )
    return Layout(
        "US Census",
        cells.rows(
            period="time" if cells.has("time") else cells.text("YEAR") + "-" + cells.text("MONTH").str.zfill(2),
            reporter=pl.lit("842"),
            partner=cells.text("CTY_CODE"),
            flow=flow,
            hs=cells.text("E_COMMODITY" if is_export else "I_COMMODITY"),
            value=(value, 1),
            valuation=pl.lit("FOB"),
        ),
        SAME,
        [
            ("by district, port, state or tariff programme, which the totals hold already",
             pl.any_horizontal(broken) if broken else pl.lit(value=False)),
            ("of domestic exports alone, which the totals hold already", (domestic == "1").fill_null(value=False)),
            ("of totals, not of a code", cells.text("E_COMMODITY" if is_export else "I_COMMODITY").is_in(["-", "TOTAL"])),
        ],
        scheme="schedule_c",
        notes=notes,
    )  # fmt: skip


def _taiwan(cells: Cells, told: Told) -> Layout:
    pl = need("polars")
    word = "Export" if cells.has("Export Value (USD)") else "Import"
    return Layout(
        "Taiwan's customs",
        cells.rows(
            period=next(name for name in ("Month", "Year", "") if cells.has(name) or not name),
            reporter=pl.lit("TW"),
            partner=cells.text("Country"),
            flow=pl.lit(word.lower()),
            # The eleventh digit of Taiwan's code checks the ten before it.
            hs=cells.text("HS Code").str.slice(0, 10),
            value=(f"{word} Value (USD)", 1),
        ),
        SAME,
        [("of totals, not of a code", cells.text("HS Code").str.contains("[A-Za-z]"))],
        scheme="taiwan",
        notes=(
            "Taiwan's customs do not say whether the last year of a file is a whole one. Codes are cut to ten digits: "
            "the eleventh is a check digit.",
        ),
    )


def _is(cells: Cells, name: str, value: str) -> polars.Expr:
    """Whether a column has the value, is empty, or is not in the file."""
    found: polars.Expr = cells.text(name).fill_null(value) == value
    return found
