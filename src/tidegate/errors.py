"""Every error that tidegate raises on purpose.

TidegateError
├── BadInputError         a file, a field or an argument is wrong; says where and how to mend it
│   ├── LedgerError       one or more records of a ledger break a rule (`.problems`)
│   ├── PredicateError    a scope is not in the language of scopes (in `tidegate.ledger.predicate`)
│   ├── FieldError        a field of a transaction is not usable (in `tidegate.licensing.facts`)
│   ├── EcfrError         a control list file cannot be read (in `tidegate.sources.ecfr`)
│   ├── StoreError        a store cannot be opened, read or written (in `tidegate.claims.store`)
│   ├── OvertakenError    somebody decided about the same thing in between (in `tidegate.claims.store`)
│   ├── AlreadyAcceptedError  a proposal stands in the folder already (in `tidegate.claims.reconcile`)
│   └── DocumentError     a story cannot be read
├── PullError             a list was not pulled (in `tidegate.sources.pull`)
├── ModelError            a language model gave no usable answer (in `tidegate.claims.model`)
├── NotFoundError         nothing answers to that name
│   └── AmbiguousError    more than one thing answers to that name (`.candidates`)
└── MissingExtraError     an optional library is not installed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

__all__ = [
    "AmbiguousError",
    "BadInputError",
    "DocumentError",
    "LedgerError",
    "MissingExtraError",
    "NotFoundError",
    "Problem",
    "TidegateError",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule in one place of a file.

    path, line: where (line is 1-based; 0 where a file as a whole is meant).
    rule: the name of the rule, as listed in docs/validation.md.
    message: what is wrong. mend: what to do about it.
    """

    path: str
    line: int
    rule: str
    message: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: [{self.rule}] {self.message} {self.mend}".rstrip()


class TidegateError(Exception):
    """Base of every error that tidegate raises on purpose."""


class BadInputError(TidegateError, ValueError):
    """An argument, a field or a file is not usable as given."""


class LedgerError(BadInputError):
    """One or more records of a ledger or a scenario break a rule."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DocumentError(BadInputError):
    """A document cannot be read; the message names the file and the mend."""


class NotFoundError(TidegateError, LookupError):
    """Nothing in the ledger or the catalog answers to that name."""


class AmbiguousError(NotFoundError):
    """More than one record answers to that name."""

    def __init__(self, message: str, candidates: Sequence[str]) -> None:
        self.candidates = tuple(candidates)
        super().__init__(message)


class MissingExtraError(TidegateError, ImportError):
    """An optional library is needed for this and is not installed."""


def need_extra(extra: str, *modules: str) -> None:
    """Ask for what an extra brings, all of it at once, before any work is done. Nothing is imported.

    Raises: MissingExtraError: naming what is not installed and the extra.
    """
    if missing := [name for name in modules if find_spec(name) is None]:
        verb = "is" if len(missing) == 1 else "are"
        raise MissingExtraError(
            f"{', '.join(missing)} {verb} not installed. Run: pip install 'tidegate[{extra}]'"
        )
