"""`tidegate watch`: rounds over a file of questions, ways to tell, and that nothing is lost when it is killed."""

import datetime as dt
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.errors import BadInputError
from tidegate.watch.channels import FileChannel, MailChannel, Webhook
from tidegate.watch.message import DeliveryError, Message
from tidegate.watch.state import State, locked
from tidegate.web import Site
from tidegate.web.watching import question_of, watch_questions

ROOT = Path(__file__).parents[1]
BEFORE, AFTER, LATER = dt.date(2025, 11, 1), dt.date(2026, 10, 1), dt.date(2026, 11, 21)
MEASURE = "/measure/cn-2025-10-09-ann-61"
OTHER = "/measure/us-2025-09-29-affiliates-rule"


class Receiver(ThreadingHTTPServer):
    """A webhook that keeps what it is sent. answers: statuses to give, one a request; then 200."""

    def __init__(self, answers=(), location=None, on_post=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.got, self.answers, self.location, self.on_post = [], list(answers), location, on_post
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook/secret"

    def ids(self):
        return [json.loads(body)["id"] for _, _, body in self.got]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.thread.join()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        if self.server.on_post:
            self.server.on_post()
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(status)
        if status in (301, 302, 307, 308):
            self.send_header("location", self.server.location)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def write(folder, text):
    path = folder / "questions.yaml"
    path.write_text(text, "utf-8")
    return path


def questions(folder, tell="file: changes.jsonl", asks=(MEASURE, OTHER)):
    rows = "".join(f"  - {{name: question {n}, ask: '{ask}'}}\n" for n, ask in enumerate(asks))
    return write(folder, f"tell:\n  - {tell}\nquestions:\n{rows}")


def round_on(path, ledger, day, **options):
    return watch_questions(path, Site(ledger, lambda: day), **options)


def lines(folder):
    path = folder / "changes.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def a_message(text="something"):
    body = {"address": "/", "day": "2026-01-01", "record": "x", "changes": [
        {"title": text, "was": None, "now": "in force", "since": "2026-01-01", "day": "2026-01-01", "words": []}
    ], "left_out": 0}  # fmt: skip
    return Message("0123456789abcdef", "A question", body)


# --- a round


def test_the_first_round_says_what_the_answer_is_and_tells_nobody(ledger, tmp_path):
    done = round_on(questions(tmp_path), ledger, BEFORE)

    assert [told.status for told in done.questions] == ["first", "first"]
    assert any("in force" in fact["says"] for fact in done.questions[0].row()["facts"])
    assert lines(tmp_path) == []


def test_with_first_the_first_answer_is_told(ledger, tmp_path):
    round_on(questions(tmp_path), ledger, BEFORE, tell_first=True)

    assert [line["first"] for line in lines(tmp_path)] == [True, True]
    assert lines(tmp_path)[0]["changes"][0]["was"] is None


def test_a_round_tells_what_changed_since_when_and_on_whose_word_and_only_once(ledger, tmp_path):
    path = questions(tmp_path)
    round_on(path, ledger, BEFORE)
    done = round_on(path, ledger, AFTER)

    assert [told.status for told in done.questions] == ["changed", "changed"]
    told = lines(tmp_path)
    assert [line["question"] for line in told] == ["question 0", "question 1"]
    change = told[0]["changes"][0]
    assert change["was"].startswith("in force")
    assert change["now"].startswith("suspended until 2026-11-10")
    assert change["since"] == "2025-11-07"
    assert change["words"][0]["source"].startswith("https://")
    assert (told[0]["day"], told[0]["since_run_of"]) == ("2026-10-01", "2025-11-01")

    again = round_on(path, ledger, AFTER)
    assert [each.status for each in again.questions] == ["same", "same"]
    assert lines(tmp_path) == told


def test_a_question_that_asks_something_else_under_its_name_begins_anew(ledger, tmp_path):
    round_on(questions(tmp_path, asks=[MEASURE]), ledger, BEFORE)
    done = round_on(questions(tmp_path, asks=[OTHER]), ledger, AFTER)

    assert done.questions[0].status == "first"
    assert lines(tmp_path) == []


def test_the_example_file_can_be_asked(ledger, tmp_path):
    path = write(tmp_path, (ROOT / "examples/watch/questions.yaml").read_text("utf-8"))
    round_on(path, ledger, AFTER)
    done = round_on(path, ledger, LATER)

    assert [told.status for told in done.questions] == ["same", "changed", "changed"]


@pytest.mark.parametrize(
    ("ask", "name", "values"),
    [
        ("/", "today", {}),
        ("today", "today", {}),
        ("/today.atom?by=US", "today", {"by": "US"}),
        (
            "http://127.0.0.1:8642/check?item=h20&destination=CN",
            "check",
            {"item": "h20", "destination": "CN"},
        ),
        (f"{MEASURE}.json", "measure", {"id": "cn-2025-10-09-ann-61"}),
    ],
)
def test_a_question_is_an_address_as_copied_or_a_name(ask, name, values):
    asks, found = question_of(ask)
    assert (asks.name, dict(found)) == (name, values)


# --- files that cannot be used


GOOD = "questions:\n  - name: a\n    ask: /\n"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("questions: []\ntell: {file: x}\n", 1, "at least one question"),
        (GOOD, 2, "nothing says how to tell"),
        ("tell: {file: x}\nquestion: []\n", 2, "field 'question' is not known"),
        (f"tell: {{file: x}}\n{GOOD}    asks: /x\n", 5, "field 'asks' is not known"),
        ("tell: {file: x}\nquestions:\n  - name: a\n    ask: /nowhere\n", 4, "There is no such question"),
        ("tell: {file: x}\nquestions:\n  - name: a\n    ask: /?by=Atlantis\n", 4, "Atlantis"),
        ("tell: {file: x}\nquestions:\n  - name: a\n    ask: /measure/nothing\n", 4, "No measure"),
        ("tell: {file: x}\nquestions:\n  - name: a\n    ask: /check\n", 4, "Nothing is asked"),
        (f"tell: {{file: x}}\n{GOOD}  - name: a\n    ask: /rounds\n", 5, "stands twice"),
        ("tell: {file: x}\nquestions:\n  - name: a\n    ask: today\n    with: {by: [US]}\n", 5, "no text or number"),
        (f"tell: {{pigeon: x}}\n{GOOD}", 1, "one way to tell"),
        (f"tell:\n  - file: none/x\n{GOOD}", 2, "lies in none"),
        (f"tell:\n  - webhook: ftp://x/\n{GOOD}", 2, "no web address"),
        (f"tell:\n  - webhook: https://user:word@x/\n{GOOD}", 2, "no web address"),
        (f"tell:\n  - webhook: {{url_env: NOT_SET_HERE}}\n{GOOD}", 2, "the environment has no NOT_SET_HERE"),
        (f"tell:\n  - mail: {{to: a, from: b@c, host: d}}\n{GOOD}", 2, "`to` is no mail address"),
        (f"tell:\n  - mail: {{to: a@b, from: \"b@c\\nBcc: x@y\", host: d}}\n{GOOD}", 2, "`from` is no mail address"),
        (f"tell:\n  - mail: {{to: a@b, from: b@c, host: d, tls: none}}\n{GOOD}", 2, "unencrypted"),
        (f"tell:\n  - mail: {{to: a@b, from: b@c, host: d, user: u}}\n{GOOD}", 2, "go together"),
        ("tell: {file: x}\nquestions:\n  - a\n", 3, "a question with"),
        ("- a: 1\n- b: 2\n", 1, "one mapping"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_line_and_nothing_is_written(ledger, tmp_path, text, line, said):
    path = write(tmp_path, text)
    with pytest.raises(BadInputError, match=rf"questions\.yaml:{line}: ") as raised:
        round_on(path, ledger, BEFORE)
    assert said in str(raised.value)
    assert [each.name for each in tmp_path.iterdir()] == ["questions.yaml"]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["/", "today", "x@y"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
            st.sampled_from(["tell", "questions", "name", "ask", "with", "file", "webhook", "mail", "url", "to", "from", "host"]),
            inner, max_size=4,
        ),
        max_leaves=12,
    )
)  # fmt: skip
def test_no_file_whatever_is_in_it_breaks_the_reader(ledger, tmp_path, data):
    from tidegate.watch import read_questions

    path = write(tmp_path, json.dumps(data))
    try:
        read_questions(path, lambda ask, values: (ask, lambda day: None))
    except BadInputError as error:
        assert str(path) in str(error)


def test_a_state_that_is_none_is_refused_and_left_alone(ledger, tmp_path):
    path = questions(tmp_path)
    state = tmp_path / "questions.yaml.state.json"
    for text in ("{", "[]", '{"version": 1}', '{"version": 1, "answers": {"a": {}}, "waiting": []}'):
        state.write_text(text)
        with pytest.raises(BadInputError, match="no state of `tidegate watch`"):
            round_on(path, ledger, BEFORE)
        assert state.read_text() == text


def test_two_rounds_at_once_do_not_use_one_state(ledger, tmp_path):
    path = questions(tmp_path)
    with locked(tmp_path / "questions.yaml.state.json"), pytest.raises(BadInputError, match="another run"):
        round_on(path, ledger, BEFORE)


# --- ways to tell


def test_a_file_holds_a_message_once_and_half_a_line_stays_apart(tmp_path):
    channel = FileChannel(tmp_path / "x.jsonl")
    (tmp_path / "x.jsonl").write_bytes(b'{"id": "hal')
    channel.send(a_message())
    channel.send(a_message())

    first, second = (tmp_path / "x.jsonl").read_text().splitlines()
    assert first == '{"id": "hal'
    assert json.loads(second)["id"] == "0123456789abcdef"


def test_a_webhook_gets_the_message_with_its_id_and_token():
    with Receiver() as receiver:
        Webhook(receiver.url, token="word").send(a_message())

    [(path, headers, body)] = receiver.got
    headers = {name.lower(): value for name, value in headers.items()}
    assert path == "/hook/secret"
    assert headers["idempotency-key"] == json.loads(body)["id"] == "0123456789abcdef"
    assert headers["authorization"] == "Bearer word"
    assert "secret" not in Webhook(receiver.url).name
    assert "word" not in repr(Webhook(receiver.url, token="word"))


def test_a_webhook_tries_again_where_that_may_help_and_only_there():
    waits = []
    with Receiver([503, 429]) as receiver:
        Webhook(receiver.url, wait=waits.append).send(a_message())
    assert (len(receiver.got), waits) == (3, [1.0, 2.0])

    with Receiver([404]) as receiver, pytest.raises(DeliveryError, match="answered 404") as raised:
        Webhook(receiver.url, wait=waits.append).send(a_message())
    assert len(receiver.got) == 1
    assert "secret" not in str(raised.value)

    with pytest.raises(DeliveryError, match="no answer"):
        Webhook("http://127.0.0.1:1/", wait=waits.append).send(a_message())


def test_a_webhook_follows_to_the_same_server_and_to_no_other():
    with Receiver([307], "/elsewhere") as receiver:
        Webhook(receiver.url).send(a_message())
    assert [path for path, _, _ in receiver.got] == ["/hook/secret", "/elsewhere"]

    with Receiver() as other, Receiver([307], f"http://127.0.0.1:{other.server_port}/") as receiver:
        with pytest.raises(DeliveryError, match="leads on"):
            Webhook(receiver.url).send(a_message())
        assert other.got == []

    with Receiver([307] * 9, "/again") as receiver, pytest.raises(DeliveryError, match="more than 3 times"):
        Webhook(receiver.url).send(a_message())


def test_what_could_not_be_told_is_kept_and_told_in_order_next_time(ledger, tmp_path):
    with Receiver([404] * 2) as receiver:
        path = questions(tmp_path, f"webhook: {receiver.url}", [MEASURE])
        round_on(path, ledger, BEFORE)
        failed = round_on(path, ledger, AFTER)
        assert failed.waiting == 1
        assert "answered 404" in failed.questions[0].not_told[0]
        still = round_on(path, ledger, LATER)
        assert still.waiting == 2
        done = round_on(path, ledger, LATER)

    assert done.waiting == 0
    days = [json.loads(body)["day"] for _, _, body in receiver.got]
    assert days[-2:] == ["2026-10-01", "2026-11-21"]
    assert State.load(tmp_path / "questions.yaml.state.json").waiting == []


def test_a_message_for_a_channel_that_is_no_longer_there_is_dropped_with_a_word(ledger, tmp_path):
    with Receiver([404]) as receiver:
        path = questions(tmp_path, f"webhook: {receiver.url}", [MEASURE])
        round_on(path, ledger, BEFORE)
        round_on(path, ledger, AFTER)
    done = round_on(questions(tmp_path, asks=[MEASURE]), ledger, AFTER)

    assert done.waiting == 0
    assert "no longer to be told by webhook" in done.dropped[0]


@pytest.fixture
def mail_server(tmp_path):
    controller = pytest.importorskip("aiosmtpd.controller")
    from aiosmtpd.smtp import AuthResult

    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")

    class Keeps:
        def __init__(self):
            self.got = []

        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            self.got.append((session.ssl is not None, session.authenticated, envelope))
            return "250 taken"

    keeps = Keeps()
    with socket.create_server(("localhost", 0)) as free:
        keeps.port = free.getsockname()[1]
    running = controller.Controller(
        keeps, hostname="localhost", port=keeps.port, tls_context=context, require_starttls=True, auth_required=True,
        authenticator=lambda *a: AuthResult(success=a[-1].login == b"me" and a[-1].password == b"pass"),
    )  # fmt: skip
    running.start()
    yield keeps
    running.stop()


def test_mail_goes_encrypted_with_a_password_from_the_environment(ledger, tmp_path, mail_server, monkeypatch):
    monkeypatch.setenv("MAIL_WORD", "pass")
    path = questions(
        tmp_path,
        f"mail: {{to: you@example.org, from: me@example.org, host: localhost, port: {mail_server.port}, "
        "user: me, password_env: MAIL_WORD, ca: cert.pem}", [MEASURE],
    )  # fmt: skip
    round_on(path, ledger, BEFORE)
    done = round_on(path, ledger, AFTER)

    assert done.questions[0].told == ("mail to you@example.org",), done.questions[0].not_told
    [(encrypted, known, envelope)] = mail_server.got
    assert encrypted
    assert known
    assert envelope.rcpt_tos == ["you@example.org"]
    text = envelope.content.decode()
    assert "Subject: tidegate: question 0" in text
    assert "suspended until 2026-11-10" in text.replace("=\r\n", "")
    assert "Message-ID: <" in text
    assert "pass" not in (tmp_path / "questions.yaml.state.json").read_text()


def test_mail_is_not_sent_to_a_server_that_is_not_trusted(tmp_path, mail_server):
    kept = MailChannel("localhost", mail_server.port, "me@example.org", ("you@example.org",))
    with pytest.raises(DeliveryError, match=r"(?i)certificate"):
        kept.send(a_message())
    assert mail_server.got == []


def test_mail_is_not_sent_in_the_clear_where_the_server_offers_no_encryption():
    controller = pytest.importorskip("aiosmtpd.controller")
    from aiosmtpd.handlers import Sink

    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    running = controller.Controller(Sink(), hostname="localhost", port=port)
    running.start()
    try:
        with pytest.raises(DeliveryError, match="STARTTLS"):
            MailChannel("localhost", port, "me@example.org", ("you@example.org",)).send(a_message())
        MailChannel("localhost", port, "me@example.org", ("you@example.org",), tls="none").send(a_message())
    finally:
        running.stop()


def test_a_title_with_line_ends_makes_no_header():
    mail = MailChannel("h", 25, "a@b", ("c@d",)).mail(a_message("x\r\nBcc: evil@x.test"))
    assert mail["Subject"] == "tidegate: A question: x Bcc: evil@x.test"
    assert mail["Bcc"] is None


# --- killed


class Killed(BaseException):
    """Stands for a signal that ends the run where it is."""


@pytest.mark.parametrize("written", [False, True], ids=["before it is written", "after it is written"])
@pytest.mark.parametrize("at", range(1, 7))
def test_a_run_ended_at_any_write_of_its_state_loses_nothing_and_repeats_nothing_crossed_out(
    ledger, tmp_path, monkeypatch, at, written
):
    with Receiver() as receiver:
        path = questions(tmp_path, f"webhook: {receiver.url}\n  - file: changes.jsonl")
        round_on(path, ledger, BEFORE)
        saves, save = [], State.save

        def ending(state):
            saves.append(len(saves))
            if len(saves) == at and not written:
                raise Killed
            save(state)
            if len(saves) == at:
                raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(State, "save", ending)
            with pytest.raises(Killed):
                round_on(path, ledger, AFTER)
        crossed_out = {
            (w.channel, w.message.id) for w in State.load(tmp_path / "questions.yaml.state.json").waiting
        }
        taken_before = receiver.ids()
        done = round_on(path, ledger, AFTER)
        round_on(path, ledger, AFTER)

    assert done.waiting == 0
    told = lines(tmp_path)
    assert len(told) == 2
    assert {line["question"] for line in told} == {"question 0", "question 1"}
    assert set(receiver.ids()) == {line["id"] for line in told}
    repeated = [each for each in set(receiver.ids()) if receiver.ids().count(each) > 1]
    # Only what was taken and not yet crossed out goes out again, with the same id.
    assert all(each in taken_before for each in repeated)
    assert len(repeated) <= 1
    waiting_ids = {message for channel, message in crossed_out if channel.startswith("webhook")}
    assert set(repeated) <= waiting_ids


def test_a_process_killed_while_it_tells_is_finished_by_the_next(ledger, tmp_path):
    path = questions(tmp_path, "file: changes.jsonl")
    running = []

    def command(day):
        return [sys.executable, "-m", "tidegate", "watch", str(path), "--on", day.isoformat(), "--json"]

    def kill():
        if len(receiver.got) == 1:
            os.kill(running[0].pid, signal.SIGKILL)

    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_PROXY": "127.0.0.1"}
    with Receiver(on_post=kill) as receiver:
        questions(tmp_path, f"webhook: {receiver.url}\n  - file: changes.jsonl")
        subprocess.run(command(BEFORE), env=env, check=True, capture_output=True)
        running.append(
            subprocess.Popen(command(AFTER), env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        )
        running[0].communicate(timeout=60)
        assert running[0].returncode == -signal.SIGKILL
        assert lines(tmp_path) == []
        after = subprocess.run(command(AFTER), env=env, check=True, capture_output=True, text=True)

    assert json.loads(after.stdout)["waiting"] == 0
    assert {line["question"] for line in lines(tmp_path)} == {"question 0", "question 1"}
    assert set(receiver.ids()) == {line["id"] for line in lines(tmp_path)}
    assert len(receiver.ids()) == 3


def test_the_command_says_by_its_exit_code_that_something_could_not_be_told(tmp_path):
    path = questions(tmp_path, "webhook: http://127.0.0.1:1/x", [MEASURE])
    command = [sys.executable, "-m", "tidegate", "watch", str(path), "--on"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_PROXY": "127.0.0.1"}

    first = subprocess.run([*command, "2025-11-01"], env=env, capture_output=True, text=True, check=False)
    assert (first.returncode, "asked for the first time" in first.stdout) == (0, True)
    failed = subprocess.run([*command, "2026-10-01"], env=env, capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    assert "not told: webhook http://127.0.0.1:1: no answer" in failed.stderr
