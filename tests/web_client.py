"""The site asked in-process: a plain client over the ASGI application, and what tests read out of pages."""

import asyncio
import datetime as dt
import re
import time
from html.parser import HTMLParser

import httpx

from tidegate.web import Site, create_app
from tidegate.web.jobs import Jobs

TODAY = dt.date(2026, 11, 21)


class Client:
    """Asks a site without a socket."""

    def __init__(self, site):
        self.site = site
        self.app = create_app(site)
        self._runner = asyncio.Runner()

    def ask(self, method, address, **options):
        async def send():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://tidegate.test") as client:
                return await client.request(method, address, **options)

        return self.run(send())

    def run(self, work):
        return self._runner.run(work)

    def get(self, address, **options):
        """Ask, and where the answer is being worked out ask again until it is there."""
        until = time.monotonic() + 240
        while (answer := self.ask("GET", address, **options)).status_code == 202:
            assert time.monotonic() < until
            time.sleep(0.3)
        return answer

    def close(self):
        self._runner.close()
        self.site.jobs.close()


def client_of(ledger, store=None, jobs=None):
    return Client(Site(ledger, lambda: TODAY, store, jobs or Jobs()))


class _Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.words, self.links, self.tags = [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag == "a" and dict(attributes).get("href"):
            self.links.append(dict(attributes)["href"])

    def handle_data(self, data):
        self.words.append(data)


def read(page):
    """Return a page's words, links and tags."""
    parser = _Text()
    parser.feed(page)
    return re.sub(r"\s+", " ", " ".join(parser.words)), parser.links, parser.tags
