"""Pages, their JSON and CSV twins and the API: the public functions of tidegate, each with an address.

>>> import datetime as dt
>>> from tidegate.ledger import load_ledger
>>> from tidegate.web import Site, create_app
>>> app = create_app(Site(load_ledger(), today=lambda: dt.date(2026, 11, 21)))
"""

# First, as the package `questions` would otherwise hide the function of its name once it is loaded.
import tidegate.web.questions  # noqa: F401
from tidegate.web.app import create_app
from tidegate.web.question import Asked, Question, Site, question, questions

__all__ = ["Asked", "Question", "Site", "create_app", "question", "questions"]
