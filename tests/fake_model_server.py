"""A language-model server on loopback that answers by a script, well or badly."""

import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FakeModelServer:
    """Answers each request by the next step of a script; the last step answers all that follow.

    A step is a function of the handler. requests: the payloads that came, in order; headers: theirs.
    """

    def __init__(self, *steps):
        self.steps = list(steps)
        self.requests = []
        self.headers = []
        self.paths = []
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.handle_error = lambda *_: None
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def address(self):
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def next_step(self, payload, headers, path):
        with self._lock:
            self.requests.append(payload)
            self.headers.append(headers)
            self.paths.append(path)
            return self.steps[min(len(self.requests), len(self.steps)) - 1]


def _handler(server):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.closing = server.closing
            self.payload = json.loads(body)
            step = server.next_step(self.payload, dict(self.headers), self.path)
            with suppress(OSError):
                step(self)

        def log_message(self, *_):
            pass

        def send(self, body, status=200, headers=()):
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **dict(headers)}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    return Handler


USAGE = {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200}


def envelope(content, usage=USAGE, finish="stop", **message):
    """The body of an answer with a content in it."""
    choice = {
        "index": 0,
        "finish_reason": finish,
        "message": {"role": "assistant", "content": content, **message},
    }
    body = {"id": "x", "object": "chat.completion", "choices": [choice]}
    return body if usage is None else {**body, "usage": usage}


def raw(body, status=200, **headers):
    """Any bytes, with any status and headers (`Retry_After` becomes `Retry-After`)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.send(body, status, named)


def answers(content, **how):
    """A whole answer whose content is the text given."""
    return raw(json.dumps(envelope(content, **how)).encode())


def claims(*records, **how):
    """A whole answer with these claims."""
    return answers(json.dumps({"claims": list(records)}), **how)


def error(status, message="no", **headers):
    """An error in the form of the interface."""
    return raw(json.dumps({"error": {"message": message}}).encode(), status, **headers)


def only_takes(form, then):
    """A server that answers HTTP 400 unless `response_format` is of one type (None: absent)."""

    def step(handler):
        given = (handler.payload.get("response_format") or {}).get("type")
        (then if given == form else error(400, "response_format is not supported"))(handler)

    return step


def hangs(handler):
    """Takes the question and says nothing."""
    handler.closing.wait(20)


def drips(handler):
    """Sends a blank now and then, for ever."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.closing.wait(0.02):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def floods(handler):
    """Sends letters for ever, as fast as it can."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.closing.is_set():
        handler.wfile.write(b"a" * 65536)


def breaks_off(handler):
    """Promises a long body and closes after its first bytes."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')


def streams_garbage(handler):
    """Sends server events nobody asked for, with bytes that are no text."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.end_headers()
    for _ in range(50):
        handler.wfile.write(b"data: \xff\xfe\x00{]\n\n")
