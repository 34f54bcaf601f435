"""What kind of markup a file begins with."""

from __future__ import annotations

import re

__all__ = ["root_of"]

_SPACE = b" \t\r\n\x0b\x0c\xef\xbb\xbf"
_ENDS = ((b"<?", b"?>"), (b"<!--", b"-->"))


def root_of(head: bytes) -> str:
    """Return the name of the first element in lower case, without its prefix; '' where there is none.

    Declarations and comments before it are passed over. A `<!doctype html>` is an `html`.
    """
    if b"\x00" in head[:4]:
        # UTF-16: the names of elements are ASCII all the same.
        head = head.replace(b"\x00", b"").lstrip(b"\xff\xfe")
    rest = head.lstrip(_SPACE)
    while rest.startswith(b"<"):
        if re.match(rb"<!doctype\s+html\b", rest, re.IGNORECASE):
            return "html"
        opening = next((pair for pair in _ENDS if rest.startswith(pair[0])), None)
        if opening is not None:
            _, found, rest = rest.partition(opening[1])
        elif rest[:9].lower() == b"<!doctype":
            _, found, rest = rest.partition(b"]>" if b"[" in rest.partition(b">")[0] else b">")
        else:
            name = re.match(rb"<(?:[A-Za-z][\w.-]{0,40}:)?([A-Za-z]\w{0,40})", rest)
            return name.group(1).decode("ascii", "replace").lower() if name else ""
        rest = rest.lstrip(_SPACE) if found else b""
    return ""
