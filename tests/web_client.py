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
NOW = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)


class Client:
    """Asks a site without a socket."""

    def __init__(self, site):
        self.site = site
        self.app = create_app(site)
        self._runner = asyncio.Runner()

    def ask(self, method, address, peer="127.0.0.1", **options):
        async def send():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(peer, 4711))
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


class Person:
    """Somebody with a browser: keeps cookies, and sends forms from the pages that hold them."""

    def __init__(self, client, **headers):
        self.client, self.headers, self.cookies = client, headers, {}

    def ask(self, method, address, headers=None, **options):
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**self.headers, **({"cookie": kept} if kept else {}), **(headers or {})}
        answer = self.client.ask(method, address, headers=sent, **options)
        for told in answer.headers.get_list("set-cookie"):
            name, _, value = told.partition(";")[0].partition("=")
            if "1970" in told:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer

    def get(self, address, **options):
        return self.ask("GET", address, **options)

    def form(self, page):
        """Return the value that the forms of a page carry."""
        found = re.search(r'name="form" value="([^"]+)"', self.get(page).text)
        return found.group(1) if found else ""

    def send(self, page, to, form, **options):
        """Send a form as it stands on a page."""
        return self.ask("POST", to, data={"form": self.form(page), **form}, **options)

    def sign_in(self, words):
        assert self.send("/sign-in", "/sign-in", {"token": words}).status_code == 303
        return self


def client_of(ledger, store=None, jobs=None, **access):
    """Return a client of a site. access: what `tidegate.web.access.Access` takes, where somebody may be known."""
    from tidegate.web.access import Access

    given = Access(store, lambda: NOW, **access) if store is not None or access else None
    return Client(Site(ledger, lambda: TODAY, store, jobs or Jobs(), given))


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
