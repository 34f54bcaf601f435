"""Make the reference pages from the code: run `make docs`; the tests fail where a page is stale."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent


def pages() -> Iterator[tuple[Path, str]]:
    """Yield each generated page with its text."""
    yield HERE / "columns.md", columns_page()
    yield HERE / "definitions.md", definitions_page()
    yield HERE / "validation.md", validation_page()
    yield HERE / "coverage.md", coverage_page()
    yield HERE / "cli.md", cli_page()
    yield HERE / "measure.schema.json", schema_page()
    yield HERE.parent / "src" / "tidegate" / "data" / "listed_parties.csv", listed_page()


def listed_page() -> str:
    """Return the parties that measures of the shipped ledger put on a list, as CSV."""
    from tidegate.ledger import load_ledger
    from tidegate.ledger.listed import listed_parties

    return listed_parties(load_ledger()).to_csv()


def columns_page() -> str:
    """Return the vocabulary of transaction columns as Markdown."""
    from tidegate.ledger.predicate import columns

    rows = [
        "# Columns of a transaction",
        "",
        "The one vocabulary in which the scope (`when`) of every measure is written. Made from",
        "`src/tidegate/data/vocabulary/columns.yaml`. A fact that is not given is NULL and stays unknown: no",
        "column has a default.",
        "",
        "After IN, three functions take names of the catalog: `GROUP('us:D:5')` the members of a country group",
        "on the day, `CLASS('ai_chips')` an item class and everything under it, `CODES('3B001')` a control-list",
        "entry and every paragraph under it (an item without a number is placed by its parameters,",
        "[definitions.md](definitions.md)).",
        "",
        "Marked *when known*: the law acts on the fact only once it is known or found. While it is not given a",
        "test of it does not hold, and an answer that rests on that lists it under `assumes`.",
        "",
        "| column | type | unit or words | what it is | definition from |",
        "| --- | --- | --- | --- | --- |",
    ]
    for column in columns().values():
        unit = ", ".join(column.values) if column.values else column.unit or ""
        kind = f"{column.type}, *when known*" if column.acts_when_known else column.type
        rows.append(f"| `{column.name}` | {kind} | {unit} | {column.about} | {column.source} |")
    return "\n".join(rows) + "\n"


def definitions_page() -> str:
    """Return the entries by vintage, the definitions and the reach of each government as Markdown."""
    from tidegate.ledger.definitions import definitions, entries
    from tidegate.licensing.provisions import governments

    def line(*cells: object) -> str:
        return "| " + " | ".join(" ".join(str(cell).split()).replace("|", "or") for cell in cells) + " |"

    rows = [
        "# Entries, definitions and reach",
        "",
        "What a determination rests on beside the measures. Made from `src/tidegate/data/ledger/entries.yaml`,",
        "`definitions.yaml` and `governments.yaml`, where each version has its source. `NULL` in a test stands for a",
        "limb that no column can tell: the entry is open there. `?` marks figures that were not read in the source.",
        "",
        "## Control-list entries by their parameters",
        "",
        "| list | entry | from | to before | test | citation |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for listed in entries().values():
        for entry in listed.values():
            for v in entry.versions:
                doubt = "" if v.verified else " ?"
                rows.append(
                    line(
                        entry.column,
                        f"{entry.code}: {entry.subject}",
                        v.starts,
                        v.ends or "",
                        f"`{' '.join(v.when.split())}`",
                        v.citation + doubt,
                    )
                )
    rows += ["", "## Facts that follow from others", "", "In the order in which they are applied, where the fact is not given.", "",
             "| column | from | follows from | why |", "| --- | --- | --- | --- |"]  # fmt: skip
    for definition in definitions():
        if definition.same_as:
            always = (
                f", even where it is given if `{definition.instead_when}`" if definition.instead_when else ""
            )
            rows.append(
                line(f"`{definition.column}`", "", f"`{definition.same_as}`{always}", definition.about)
            )
        for v in definition.versions:
            doubt = "" if v.verified else " ?"
            rows.append(
                line(
                    f"`{definition.column}`",
                    v.starts,
                    f"`{' '.join(v.when.split())}`",
                    f"{definition.about} {v.citation}{doubt}",
                )
            )
    rows += [
        "",
        "## Whose law reaches what",
        "",
        "| government | reaches | source | not covered |",
        "| --- | --- | --- | --- |",
    ]
    for government in governments(()):
        union = f" and what {government.shares} law says of it" if government.shares else ""
        rows.append(
            line(
                government.id,
                f"`{' '.join(government.reach.split())}`{union}",
                government.source,
                government.not_covered or "",
            )
        )
    return "\n".join(rows) + "\n"


def validation_page() -> str:
    """Return the rules of ledger files as Markdown."""
    from tidegate.ledger.check import RULES

    rows = [
        "# Rules of ledger files",
        "",
        "`tidegate ledger check [FILES]` names every broken rule as `file:line: [rule] what is wrong. The mend.`",
        "The shape is that of [measure.schema.json](measure.schema.json). `tests/data/broken` holds a record",
        "that breaks each rule.",
        "",
        "| rule | what holds |",
        "| --- | --- |",
        *(f"| `{rule}` | {text} |" for rule, text in RULES.items()),
    ]
    return "\n".join(rows) + "\n"


def coverage_page() -> str:
    """Return what the shipped ledger holds, in numbers, and what in it is not verified."""
    from tidegate.ledger import load_ledger
    from tidegate.ledger.bargains import load_rounds

    ledger = load_ledger()
    entries = [(measure, entry) for measure in ledger for entry in measure.entries]
    verified = sum(entry.verified for _, entry in entries)
    unaddressed = sum(not entry.source.startswith("http") for _, entry in entries)
    by_country = Counter(measure.jurisdiction for measure in ledger)
    entries_by = Counter(measure.jurisdiction for measure, _ in entries)
    scopes = sum(bool(m.when or m.limbs) for m in ledger)
    rounds = load_rounds()
    rows = [
        "# What the shipped ledger holds",
        "",
        f"{len(ledger)} measures with {len(entries)} dated history entries, {verified} of them verified (read in",
        f"a source) and {len(entries) - verified} not; {unaddressed} rest on a source without an address of its own (`press:`,",
        f"`note:` or `law:`). {scopes} measures have a scope in SQL; the others decide no shipment or say why they",
        f"have none. {len(rounds)} bargaining rounds. Sources were read to {ledger.read_to}; later days show only what was",
        "fixed before.",
        "",
        "| jurisdiction | measures | entries |",
        "| --- | --- | --- |",
        *(f"| {code} | {count} | {entries_by[code]} |" for code, count in sorted(by_country.items())),
        "",
        "## Not verified",
        "",
        "Marked `?` in every table and 'not verified' on every page that rests on them.",
        "",
        "| measure | date | stage | note |",
        "| --- | --- | --- | --- |",
        *(
            f"| `{measure.id}` | {entry.on} | {entry.stage} | {entry.note} |"
            for measure, entry in entries
            if not entry.verified
        ),
        "",
        "## Open questions",
        "",
        *(f"- `{m.id}`: {m.open_question}" for m in ledger if m.open_question),
    ]
    return "\n".join(rows) + "\n"


def cli_page() -> str:
    """Return the help of every command as Markdown."""
    os.environ["TERMINAL_WIDTH"] = "96"
    from typer.main import get_command
    from typer.testing import CliRunner

    from tidegate.cli.app import app

    group = get_command(app)
    names = [[name] for name in sorted(group.commands) if name != "ledger"]  # type: ignore[attr-defined]
    names += [["ledger", name] for name in sorted(group.commands["ledger"].commands)]  # type: ignore[attr-defined]
    rows = [
        "# Commands",
        "",
        "Every command takes `--json` where it answers with data. Exit codes: 0 answered, 1 nothing answers to that",
        "name, 2 bad input. Errors go to stderr.",
    ]
    runner = CliRunner()
    for name in names:
        text = runner.invoke(app, [*name, "--help"], prog_name="tidegate").output
        lines = [line.rstrip() for line in text.strip().splitlines()]
        rows += ["", f"## tidegate {' '.join(name)}", "", "```text", *lines, "```"]
    return "\n".join(rows) + "\n"


def schema_page() -> str:
    """Return the JSON Schema of a measure."""
    from tidegate.ledger.schema import measure_schema

    return json.dumps(measure_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for path, text in pages():
        path.write_text(text, encoding="utf-8")
        print(path)
