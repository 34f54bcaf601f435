"""A trace as it is asked for, in plain words: what is known of it without any trade, and its answer as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidegate.diversion.control import Control, control_of
from tidegate.diversion.inputs import codes_for
from tidegate.diversion.places import countries
from tidegate.errors import BadInputError, MissingExtraError
from tidegate.ledger import Ledger
from tidegate.ledger.hs import hs_codes
from tidegate.tables import Table, Tabular

if TYPE_CHECKING:
    from tidegate.sources.flows import Flows

__all__ = ["Tell", "TraceKnown", "TraceQuestion", "known_of", "report_trace"]

Tell = Callable[[str, int, int, Mapping[str, Any] | None], None]
"""Is told what is being done, how much of it is done, of how much, and what there is to see so far."""


@dataclass(frozen=True, slots=True)
class TraceQuestion:
    """What is asked of trade.

    control: id of a measure; its government, target, day and codes count where no others are named. controller, target,
    hubs: countries in anybody's words. hs: codes, or what they begin with. since: day of the control. window, before:
    months after it, and months that the expectation rests on. known_by: leave out of its history what was not public.
    """

    control: str
    controller: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    hs: tuple[str, ...] = ()
    hubs: tuple[str, ...] = ()
    since: str | None = None
    window: int = 12
    before: int = 12
    known_by: str | None = None


@dataclass(frozen=True)
class TraceKnown(Tabular):
    """What is known of a control before any trade is looked at.

    control: None where its dates or countries do not say enough, which `problem` tells. codes: customs codes of what it
    covers, with the reason for each. traced: those that would be traced. unknown: goods without a code, and why.
    """

    measure: str
    control: Control | None
    codes: tuple[Mapping[str, Any], ...]
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    traced: tuple[str, ...]
    notes: Mapping[str, Sequence[str]]
    problem: str | None

    def table(self) -> Table:
        """Return a row for each customs code."""
        about = {
            "measure": self.measure, "control": self.control.row() if self.control else None, "traced": list(self.traced),
            "unknown": list(self.unknown), "problem": self.problem,
        }  # fmt: skip
        return Table(self.codes, self.columns, about, "codes")


def known_of(ledger: Ledger, question: TraceQuestion) -> TraceKnown:
    """Return what is known of a control without trade: whose it is, at whom it aims, its dates, its customs codes.

    Raises: NotFoundError: if no measure has the id, or a name is no country's.
    """
    measure = ledger[question.control]
    control, traced, notes, problem = None, tuple[str, ...](), dict[str, list[str]](), None
    try:
        control = control_of(
            ledger, question.control, controller=question.controller, target=question.target, since=question.since,
            known_by=question.known_by,
        )  # fmt: skip
        found, said = codes_for(ledger, control, question.hs)
        traced, notes = tuple(found), dict(said)
    except BadInputError as error:
        problem = str(error)
    codes = hs_codes(measure, control.since if control else None).table()
    return TraceKnown(
        measure.id, control, codes.rows, codes.columns, tuple(codes.about["unknown"]), traced, notes, problem
    )


def report_trace(flows: Flows, known: TraceKnown, question: TraceQuestion, tell: Tell) -> dict[str, Any]:
    """Return a trace as plain values, with the routes as a Vega-Lite specification under `picture`.

    `picture` is None where nothing can be drawn, and `picture_why` says why. Raises: as `tidegate.diversion.trace`.
    """
    from tidegate.diversion.tracing import trace

    if known.control is None:
        raise BadInputError(known.problem or "Nothing says which control is meant.")
    tell("holding each country against what was to be expected", 0, 0, None)
    found = trace(
        flows, known.control, known.traced, hubs=countries(question.hubs, "hub") or None, window=question.window,
        before=question.before, notes=known.notes,
    )  # fmt: skip
    picture: dict[str, Any] | None = None
    why = None
    try:
        from tidegate.diversion.picture import route_chart

        picture = route_chart(found).to_dict()
    except (BadInputError, MissingExtraError) as error:
        why = str(error)
    return {**found.to_dict(), "columns": list(found.table().columns), "picture": picture, "picture_why": why}
