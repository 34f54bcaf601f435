"""A question with an address: what may be asked, which public function answers, how the page shows it.

One declaration gives the page, its `.json` and `.csv` twins, its entry in the API and its words on every other
page. How to add one: docs/web.md.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args, get_type_hints
from urllib.parse import quote, urlencode

from pydantic import BaseModel, ConfigDict

from tidegate.errors import BadInputError
from tidegate.kept import digest as digest_of
from tidegate.ledger import Ledger
from tidegate.ledger.digest import ledger_digest
from tidegate.tables import Table, Tabular, to_json
from tidegate.web.jobs import Jobs
from tidegate.web.recent import Recent

if TYPE_CHECKING:
    import altair

    from tidegate.claims.about_measure import HeldClaims
    from tidegate.claims.store import Store
    from tidegate.licensing.parties import Parties
    from tidegate.markets.brought import Brought
    from tidegate.screening.screen import Lists
    from tidegate.sources.listing import PartyList
    from tidegate.sources.stakes import OwnerFile
    from tidegate.watch import Course
    from tidegate.web.access import Access

__all__ = ["Asked", "Question", "Site", "question", "questions"]


class Asked(BaseModel):
    """What is asked: the parameters of one address. Names that are none are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, str_strip_whitespace=True, str_max_length=300
    )

    def values(self) -> dict[str, Any]:
        """Return what stands in the address: the parameters that are not at their default, by their names."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)


AskedT = TypeVar("AskedT", bound=Asked)


@dataclass(frozen=True)
class Site:
    """What pages are answered from.

    ledger: the record. today: tells the day, for questions that name none. store: what was read, if there is one.
    jobs: what takes longer than a page may.
    access: who may do what; None: everybody reads, nobody writes.
    lists: of parties, that names are held against; empty: the one that ships. owners: who owns whom. Where lists or
    owners are given, a check looks the end user up in them. brought: prices, trade flows and what goes with them, files
    of one's own that are read once; None: none were given. recent: answers that the twins of an address share.
    """

    ledger: Ledger
    today: Callable[[], dt.date]
    store: Store | None = None
    jobs: Jobs = field(default_factory=Jobs)
    access: Access | None = None
    lists: tuple[PartyList, ...] = ()
    owners: tuple[OwnerFile, ...] = ()
    brought: Brought | None = None
    recent: Recent = field(default_factory=Recent, compare=False, repr=False)

    @cached_property
    def digest(self) -> str:
        """The version of the record, as `ledger_digest` gives it, and of the files of one's own."""
        record = ledger_digest(self.ledger)
        own = [*(list_.digest for list_ in self.lists), *(file.digest for file in self.owners)]
        own += [self.brought.digest] if self.brought else []
        return digest_of(record, *own).hex()[: len(record)] if own else record

    @cached_property
    def _parties(self) -> Parties | None:
        from tidegate.licensing.parties import parties_of

        return parties_of(self.lists, self.owners)

    def parties(self) -> Parties | None:
        """Return what a check looks parties up in, as people have settled hits so far; None without lists and owners."""
        if self._parties is None or self.store is None:
            return self._parties
        from tidegate.claims.clearances import clearances

        return self._parties.heeding(clearances(self.store).of)

    @cached_property
    def screening(self) -> Lists:
        """The lists of parties, ready to be asked."""
        from tidegate.screening.screen import Lists
        from tidegate.screening.shipped import shipped_list

        return Lists(self.lists or (shipped_list(),))

    @cached_property
    def claims(self) -> HeldClaims | None:
        """What was read, held against the record; None without a store."""
        from tidegate.claims.about_measure import HeldClaims

        return HeldClaims(self.store, self.ledger) if self.store else None


@dataclass(frozen=True)
class Question(Generic[AskedT]):
    """One question: everything that the site, the API and their documentation need to know of it.

    name: of the page, the twins and the API entry. path: of the page; `{id}` in it is a parameter. title: in
    the menu and on the page. about: one sentence. asked: the parameters. answer: gives a plain object that can
    become JSON. table: gives the rows of the CSV twin, where the answer is no table itself.
    shows: what the template is given besides the answer: pictures, choices of a form. examples: questions to
    try; the first is the one of the documentation. in_menu: whether the menu leads to it.
    reads_store: whether the answer hangs on the store, which changes while the site runs.
    picture: draws the answer as an Altair chart or Vega-Lite, which is served as SVG, PNG and Vega-Lite.
    by_job: whether a job works the answer out: the answer then says with `is_final` whether it will stay as it is.
    mends: whether the page shows what is wrong with a scenario beside its text, instead of a page of its own.
    of_record: whether the answer hangs on the record, so that it can be followed.
    follows: the answer on any day, for the Atom twin and `tidegate watch`; None where nothing is asked. Without it
    they follow the measures that the filters speak of.
    pdf: gives the answer as PDF, where it has such a twin.
    personal: whether the page shows who asks and has forms for them; its template is given `visitor` and `form`.
    least: parameters of which one must be told before anything is asked; the answer is None until then.
    group: the entry of the menu that stands for this page and its neighbours, which each of them shows.
    lacks: what a site has to be started with before anything can be answered, in a sentence; empty where it has it.
    """

    name: str
    path: str
    title: str
    about: str
    asked: type[AskedT]
    answer: Callable[[Site, AskedT], Any]
    examples: tuple[Mapping[str, Any], ...]
    table: Callable[[Site, AskedT], Table] | None = None
    shows: Callable[[Site, AskedT, Any], Mapping[str, Any]] | None = None
    in_menu: bool = True
    reads_store: bool = False
    personal: bool = False
    template: str = ""
    picture: Callable[[Site, AskedT], altair.TopLevelMixin | dict[str, Any]] | None = None
    by_job: bool = False
    mends: bool = False
    of_record: bool = True
    follows: Callable[[Site, AskedT], Course | None] | None = None
    pdf: Callable[[Site, AskedT], bytes] | None = None
    least: tuple[str, ...] = ()
    group: str = ""
    lacks: Callable[[Site], str] | None = None

    def address(self, values: Mapping[str, Any] | None = None, form: str = "") -> str:
        """Return the address of a question. values: by parameter name.

        form: `json`, `csv`, `pdf` or `atom` for a twin; `svg`, `dark.svg`, `png` or `vl.json` for its picture.

        Raises: ValueError: for a name that is no parameter.
        """
        values = {name: value for name, value in (values or {}).items() if value not in (None, "", (), [])}
        if unknown := values.keys() - set(self.parameters):
            raise ValueError(
                f"{self.name} has no parameter {min(unknown)}. Take one of {', '.join(self.parameters)}."
            )
        path = self.path
        for name in self.in_path:
            path = path.replace(f"{{{name}}}", quote(str(values.pop(name, "")), safe=""))
        if form:
            path = f"{path if path != '/' else f'/{self.name}'}.{form}"
        # Commas and colons need no escape within a query and read better without.
        query = urlencode(sorted(values.items()), doseq=True, safe=",:/")
        return f"{path}?{query}" if query else path

    @property
    def in_path(self) -> tuple[str, ...]:
        """The parameters that stand in the path."""
        return tuple(name for name in self.parameters if f"{{{name}}}" in self.path)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters as they stand in an address."""
        fields = self.asked.model_fields
        return tuple(str(info.alias or name) for name, info in fields.items())

    @cached_property
    def by_today(self) -> tuple[str, ...]:
        """The parameters that are the present day where the address does not name one."""
        fields = self.asked.model_fields
        return tuple(
            str(info.alias or name)
            for name, info in fields.items()
            if isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get("default") == "today"
        )

    def feed_address(self, values: Mapping[str, Any]) -> str:
        """Return the address of the Atom twin: it moves on with the days, so the present day is not in it."""
        return self.address({name: v for name, v in values.items() if name not in self.by_today}, "atom")

    @property
    def has_feed(self) -> bool:
        """Whether there is an Atom twin: not of a model's answer, which no day of law changes by itself."""
        return self.of_record and not self.by_job

    @property
    def has_csv(self) -> bool:
        """Whether there is a CSV twin."""
        if self.table is not None:
            return True
        result = get_type_hints(self.answer).get("return")
        kinds = get_args(result) or (result,)
        return any(isinstance(kind, type) and issubclass(kind, Table | Tabular) for kind in kinds)

    @property
    def has_pdf(self) -> bool:
        """Whether there is a PDF twin, and what sets it is installed."""
        return self.pdf is not None and find_spec("typst") is not None

    def csv(self, site: Site, asked: AskedT) -> str:
        """Return the CSV twin."""
        return str((self.table(site, asked) if self.table else self._answered(site, asked)).to_csv())

    def json(self, site: Site, asked: AskedT) -> str:
        """Return the JSON twin."""
        answer = self._answered(site, asked)
        return to_json(answer) if isinstance(answer, Mapping) else str(answer.to_json())

    def plain(self, site: Site, asked: AskedT) -> dict[str, Any]:
        """Return the answer as the plain values that the JSON twin shows."""
        found: dict[str, Any] = json.loads(self.json(site, asked))
        return found

    def _answered(self, site: Site, asked: AskedT) -> Any:  # noqa: ANN401
        answer = self.answer(site, asked)
        if answer is None:
            raise self.nothing_asked(site)
        return answer

    def nothing_asked(self, site: Site | None = None) -> BadInputError:
        """Return the error of an address that asks nothing yet, or of a site that lacks what the answer rests on."""
        if site is not None and not self.least and self.lacks and (lacking := self.lacks(site)):
            return BadInputError(lacking)
        return BadInputError(f"Nothing is asked. Say at least one of {', '.join(self.least)}.")


@dataclass
class _Register:
    by_name: dict[str, Question[Any]] = field(default_factory=dict)


_REGISTER = _Register()


def question(
    path: str,
    *,
    title: str,
    examples: tuple[Mapping[str, Any], ...],
    table: Callable[[Site, AskedT], Table] | None = None,
    shows: Callable[[Site, AskedT, Any], Mapping[str, Any]] | None = None,
    in_menu: bool = True,
    reads_store: bool = False,
    picture: Callable[[Site, AskedT], altair.TopLevelMixin | dict[str, Any]] | None = None,
    by_job: bool = False,
    mends: bool = False,
    of_record: bool = True,
    follows: Callable[[Site, AskedT], Course | None] | None = None,
    personal: bool = False,
    pdf: Callable[[Site, AskedT], bytes] | None = None,
    least: tuple[str, ...] = (),
    group: str = "",
    lacks: Callable[[Site], str] | None = None,
) -> Callable[[Callable[[Site, AskedT], Any]], Question[AskedT]]:
    """Make a function that answers into a `Question`: its name, sentence and parameters are the function's.

    The template is `templates/NAME.html`; where there is none, `table.html` shows the rows. A function that
    would be called like one of Python's takes a `_` at the end.
    Raises: ValueError: if the name or the path is taken.
    """

    def declare(answer: Callable[[Site, AskedT], Any]) -> Question[AskedT]:
        name = answer.__name__.rstrip("_")
        found = Question(
            name=name, path=path, title=title, about=(answer.__doc__ or "").strip().splitlines()[0],
            asked=get_type_hints(answer)["asked"], answer=answer, examples=examples, template=f"{name}.html",
            table=table, shows=shows, in_menu=in_menu, reads_store=reads_store, personal=personal, picture=picture,
            by_job=by_job, mends=mends, of_record=of_record, follows=follows, pdf=pdf, least=least,
            group=group, lacks=lacks,
        )  # fmt: skip
        if name in _REGISTER.by_name or any(q.path == path for q in _REGISTER.by_name.values()):
            raise ValueError(f"The question {name} or the path {path} is taken. Give it another.")
        _REGISTER.by_name[name] = found
        return found

    return declare


def questions() -> Mapping[str, Question[Any]]:
    """Return every question by name, in the order of the menu."""
    import tidegate.web.questions  # noqa: F401

    return _REGISTER.by_name
