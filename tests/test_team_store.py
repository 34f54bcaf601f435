"""Tokens and the record of changes, on each database: a secret is shown once, a row that is written stays."""

import json
import re

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from readings import AT, reading
from tidegate.claims.store import Actor, Decision, Store, StoreError
from tidegate.claims.store.address import connect, engine_of, read_address
from tidegate.claims.store.audit import changes
from tidegate.claims.store.migrate import migrate
from tidegate.claims.store.tokens import (
    find_token,
    new_token,
    revoke_token,
    standing_token,
    token_table,
)
from tidegate.cli.app import app
from tidegate.errors import NotFoundError, TidegateError

ME = Actor("mb", "command line")


@pytest.fixture
def store(address):
    with Store.open(address) as opened:
        yield opened


def everything_in(store):
    """Return the whole database as text."""
    with store.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        return "\n".join(
            str(row) for name in tables for row in connection.execute(sa.text(f'SELECT * FROM "{name}"'))
        )


def test_a_token_is_found_by_its_words_and_its_words_stand_nowhere(store):
    made, words = new_token(store, "laptop", "write", ME, AT)
    assert re.fullmatch(r"tidegate_[0-9a-f]{12}_[\w-]{43}", words)
    assert find_token(store, words) == made
    assert find_token(store, f" {words}\n") == made
    assert words[-43:] not in everything_in(store)


def rows(store):
    with store.connect() as connection:
        return connection.execute(sa.text("SELECT * FROM tokens ORDER BY made_at, id")).mappings().all()


def test_two_tokens_have_salts_of_their_own(store):
    for name in ("a", "b"):
        new_token(store, name, "read", ME, AT)
    first, second = rows(store)
    assert first["salt"] != second["salt"]
    assert first["hash"] != second["hash"]


@pytest.mark.parametrize(
    "change",
    [lambda w: w[:-1] + ("a" if w[-1] != "a" else "b"), lambda w: w[:-1], lambda w: w + "a", lambda w: "",
     lambda w: w.replace("tidegate_", "TIDEGATE_"), lambda w: w.replace("_", " "), lambda w: w + "\x00",
     lambda w: re.sub(r"_[0-9a-f]{12}_", "_000000000000_", w), lambda w: "' OR 1=1 --"],
)  # fmt: skip
def test_other_words_find_nothing(store, change):
    _, words = new_token(store, "laptop", "write", ME, AT)
    assert find_token(store, change(words)) is None


def test_a_revoked_token_is_found_no_more_and_its_name_is_free(store):
    made, words = new_token(store, "laptop", "write", ME, AT)
    gone = revoke_token(store, "laptop", ME, AT)
    assert gone.revoked_at == AT
    assert find_token(store, words) is None
    assert standing_token(store, made.id) is None
    again, _ = new_token(store, "laptop", "read", ME, AT)
    assert [row["revoked_at"] is None for row in token_table(store)] in ([False, True], [True, False])
    assert revoke_token(store, again.id, ME, AT).id == again.id


@pytest.mark.parametrize(
    ("name", "scope", "said"),
    [("", "read", "name: '' is none"), ("x" * 81, "read", "Take up to 80"), ("a\nb;", "read", "is none"),
     ("a", "admin", "scope: 'admin' is none of read, write"), ("taken", "read", "there is a token 'taken'")],
)  # fmt: skip
def test_a_token_that_cannot_be_made_is_refused_and_nothing_is_written(store, name, scope, said):
    new_token(store, "taken", "read", ME, AT)
    with pytest.raises(StoreError, match=re.escape(said)):
        new_token(store, name, scope, ME, AT)
    assert len(token_table(store)) == 1
    assert len(changes(store)) == 1


def test_to_revoke_what_is_not_there_is_told(store):
    with pytest.raises(NotFoundError, match="No token that holds is called 'x'"):
        revoke_token(store, "x", ME, AT)


def test_who_made_and_revoked_a_token_is_on_record_without_its_secret(store):
    made, words = new_token(store, "laptop", "write", ME, AT)
    revoke_token(store, "laptop", Actor("cd", "command line"), AT)
    last, first = changes(store).rows
    assert [(row["act"], row["about"], row["subject"], row["who"]) for row in (first, last)] == [
        ("new", "token", made.id, "mb"), ("revoke", "token", made.id, "cd"),
    ]  # fmt: skip
    assert (last["before"]["revoked_at"], last["after"]["revoked_at"]) == (None, AT.isoformat())
    assert words[-43:] not in json.dumps(changes(store).to_dict())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET who = 'nobody'",
        "DELETE FROM audit",
        "DELETE FROM decisions",
        "TRUNCATE audit",
        "TRUNCATE decisions",
    ],
)
def test_the_database_itself_keeps_what_was_done(store, address, statement):
    store.decide(Decision("claim", "abc", "accept", "mb", AT, "so"), via="proxy")
    if statement.startswith("TRUNCATE") and address.startswith("sqlite"):
        pytest.skip("SQLite has no TRUNCATE")
    engine = engine_of(read_address(address))
    with (
        connect(engine, write=True) as connection,
        pytest.raises(sa.exc.DatabaseError, match="only added to"),
    ):
        connection.execute(sa.text(statement))
    engine.dispose()
    assert len(changes(store)) == len(store.decisions()) == 1


def test_a_decision_and_its_row_come_together_or_not_at_all(store, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError("the lights go out")

    monkeypatch.setattr("tidegate.claims.store.decisions.note_change", broken)
    with pytest.raises(RuntimeError):
        store.decide(Decision("claim", "abc", "accept", "mb", AT, "so"))
    assert store.decisions() == ()
    assert len(changes(store)) == 0


def test_who_brought_a_story_is_on_record(store):
    store.put(reading(), version="1", at=AT, actor=Actor("mb", "proxy"))
    [row] = changes(store)
    assert (row["act"], row["about"], row["subject"]) == ("read", "document", reading().document.digest)
    assert row["after"]["claims"] == 3


def test_changes_come_newest_first_and_by_who_and_what(store):
    for number in range(5):
        store.decide(Decision("claim", f"c{number % 2}", "accept", f"p{number % 3}", AT, str(number)))
    assert [row["after"]["why"] for row in changes(store)] == ["4", "3", "2", "1", "0"]
    newest = changes(store, limit=2)
    assert [row["after"]["why"] for row in changes(store, before_id=newest.rows[-1]["id"], limit=2)] == [
        "2",
        "1",
    ]
    assert [row["after"]["why"] for row in changes(store, who="p0")] == ["3", "0"]
    assert [row["after"]["why"] for row in changes(store, subject="c1")] == ["3", "1"]


def test_a_store_of_before_keeps_its_decisions(address):
    engine = engine_of(read_address(address))
    migrate(engine, "0001")
    with connect(engine, write=True) as connection:
        connection.execute(
            sa.text(
                "INSERT INTO decisions (about, subject, verdict, who, at) VALUES ('claim', 'abc', 'accept', 'mb', '2026-01-01 00:00:00+00:00')"
            )
        )
        connection.commit()
    engine.dispose()
    with Store.open(address) as store:
        assert [each.who for each in store.decisions()] == ["mb"]
        store.decide(Decision("claim", "abc", "dismiss", "cd", AT, "no"))
        assert changes(store).rows[0]["before"]["who"] == "mb"


# --- the command line


def run(*args):
    result = CliRunner().invoke(app, [*map(str, args)])
    if result.exception and not isinstance(result.exception, SystemExit | TidegateError):
        raise result.exception
    return result


def test_a_token_is_made_listed_and_revoked_on_the_command_line(tmp_path):
    store = tmp_path / "team.db"
    made = run("token", "new", "night desk", "--scope", "write", "--store", store, "--who", "mb")
    assert made.exit_code == 0
    [words] = made.stdout.splitlines()
    with Store.open(store) as opened:
        token = find_token(opened, words)
        assert (token.name, token.scope, token.made_by) == ("night desk", "write", "mb")
    listed = run("token", "list", "--store", store, "--json")
    [row] = json.loads(listed.stdout)["tokens"]
    assert row["name"] == "night desk"
    assert words[-43:] not in listed.stdout
    assert "night desk" in run("token", "list", "--store", store).stdout
    assert run("token", "revoke", "night desk", "--store", store).exit_code == 0
    with Store.open(store) as opened:
        assert find_token(opened, words) is None


def test_a_token_reads_unless_it_is_said_to_write(tmp_path):
    run("token", "new", "feeds", "--store", tmp_path / "a.db")
    assert (
        json.loads(run("token", "list", "--store", tmp_path / "a.db", "--json").stdout)["tokens"][0]["scope"]
        == "read"
    )


def test_tokens_of_no_store_are_an_error_with_the_mend(tmp_path):
    result = run("token", "list", "--store", tmp_path / "none.db")
    assert isinstance(result.exception, StoreError)
    assert "there is no store" in str(result.exception)
