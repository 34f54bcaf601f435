"""The API against its own description: whatever may be asked by it is answered as it says.

A longer look: TIDEGATE_API_EXAMPLES=300 pytest tests/test_web_api.py
"""

import os
import tempfile
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")
pytest.importorskip("schemathesis", reason="schemathesis is not installed")

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import missing_required_header, positive_data_acceptance

from tidegate.claims.store import Store
from tidegate.ledger import load_ledger
from tidegate.web.jobs import Jobs
from web_client import client_of

MOST = int(os.environ.get("TIDEGATE_API_EXAMPLES", "0"))
# What jobs work out is not begun: of such an answer the description tells that it waits.
IDLE = Jobs(Path(tempfile.mkdtemp()), at_once=0, waiting=1000)
LEDGER = load_ledger()
APP = client_of(LEDGER, jobs=IDLE).app
OF_A_TEAM = client_of(LEDGER, Store.open(Path(tempfile.mkdtemp()) / "team.db"), IDLE).app


def described(*, edges, app=APP):
    """The description; edges: whether each parameter is also tried at and beyond every bound of its schema."""
    config = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": edges}}})
    return schemathesis.openapi.from_asgi("/api/openapi.json", app, config=config)


def bounded(most):
    return settings(
        max_examples=MOST or most, deadline=None, derandomize=not MOST, suppress_health_check=list(HealthCheck),
        database=None,
    )  # fmt: skip


def check_answer(case):
    # No schema can list the names that the catalog knows: a text that is none of them is refused, with 422.
    # Without a store nothing can be decided whoever asks: no token is asked for (401), it is refused at once (403).
    case.call_and_validate(excluded_checks=[positive_data_acceptance, missing_required_header])


@described(edges=True).exclude(operation_id="check").parametrize()
@bounded(6)
def test_every_answer_is_one_that_the_description_tells_of(case):
    """No server error; status, media type and shape are among those described, for good and for bad questions."""
    check_answer(case)


@described(edges=True, app=OF_A_TEAM).include(method="POST").parametrize()
@bounded(6)
def test_with_a_store_a_decision_without_a_token_asks_for_one(case):
    case.call_and_validate(excluded_checks=[positive_data_acceptance])


# Every column is a parameter of a check: all their edges are for the longer look.
@described(edges=bool(MOST)).include(operation_id="check").parametrize()
@bounded(25)
def test_every_check_is_one_that_the_description_tells_of(case):
    check_answer(case)
