"""Small files of each kind, made byte by byte for the tests of the document readers."""

import zlib

STORY = (
    "The Dutch government is weighing whether ASML needs a permit to mend machines that it has sold to China.",
    "The firm said that the change would not have a material effect on its guidance for the year.",
    "Officials of the United States have asked their allies to match the rules of October.",
)


def pdf(*pages, extra=b"", compress=False):
    """Return a PDF of pages, each a list of lines; a page of no lines has no text."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
    ]
    kids = []
    for lines in pages:
        shown = "".join(f"({line.replace('(', '').replace(')', '')}) Tj T*\n" for line in lines)
        stream = f"BT /F1 10 Tf 12 TL 50 750 Td\n{shown}ET".encode("latin-1")
        packed = zlib.compress(stream) if compress else stream
        filtered = b"/Filter /FlateDecode " if compress else b""
        objects.append(b"<< %s/Length %d >>\nstream\n%s\nendstream" % (filtered, len(packed), packed))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
        + b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, extra, len(out))
    )


def wrapped(story=STORY, width=70):
    """Return the story as lines of a printed page, a paragraph after the other without a blank line."""
    lines = []
    for paragraph in story:
        line = ""
        for word in paragraph.split():
            if len(line) + len(word) >= width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        lines.append(line)
    return lines


HTML = (
    "<!doctype html><html lang='en'><head><title>Permit for ASML</title>"
    "<meta property='og:site_name' content='The Gazette'>"
    "<meta property='article:published_time' content='2025-06-10T08:00:00Z'>"
    "<link rel='canonical' href='https://gazette.example/asml'></head><body><nav>Markets Weather</nav>"
    "<article><h1>Permit for ASML</h1>"
    + "".join(f"<p>{line}</p>" for line in STORY)
    + "</article></body></html>"
).encode()

MAIL = (
    "Received: from a.example\r\nFrom: The Gazette <news@gazette.example>\r\nTo: a@b.example\r\n"
    "Subject: =?utf-8?q?Permit_for_ASML?=\r\nDate: Tue, 10 Jun 2025 22:00:00 -0500\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/alternative; boundary="x"\r\n\r\n'
    "--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + "\r\n".join(wrapped()) + "\r\n"
    "--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>The other part</p>\r\n--x--\r\n"
).encode()

RSS = (
    '<?xml version="1.0" encoding="utf-8"?><!-- a feed --><rss version="2.0"><channel><title>The Gazette</title>'
    + "".join(
        f"<item><title>Story {n} &amp;amp; more</title><link>https://gazette.example/{n}</link>"
        f"<pubDate>Tue, {9 + n:02} Jun 2025 22:00:00 -0500</pubDate>"
        f"<description>&lt;p&gt;{line}&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
        "&lt;p style='display:none'&gt;unseen&lt;/p&gt;</description></item>"
        for n, line in enumerate(STORY[:2], start=1)
    )
    + "</channel></rss>"
).encode()

ATOM = (
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>The Gazette</title>'
    '<entry><title>Permit</title><link href="https://gazette.example/1"/><published>2025-06-10T08:00:00Z</published>'
    f"<summary>short</summary><content type='html'>&lt;p&gt;{STORY[0]}&lt;/p&gt;</content></entry></feed>"
).encode()

DUMP = (
    f'{{"text": "{STORY[0]}", "title": "A", "published": "2025-06-10T08:00:00Z", "outlet": "The Gazette", "url": "https://g.example/1"}}\n'
    f'\n{{"body": "{STORY[1]}", "date": "June 11, 2025", "site": "Wire"}}\n'
).encode()

TEXT = ("Permit for ASML\nBy Ann Lee | June 10, 2025\n\n" + "\n\n".join(STORY) + "\n").encode()
MARKDOWN = (
    "---\npublished: 2025-06-10\noutlet: The Gazette\n---\n# Permit\n\n" + "\n\n".join(STORY)
).encode()
