"""Tokens: secrets by which a program, or a person without a proxy, is known and may read or write.

A token is shown once, when it is made; the store keeps scrypt of its secret (RFC 7914) and a salt of its own.
A secret has 256 random bits, so nobody guesses one from its hash; scrypt is there for the day on which somebody
puts words of their own in its place.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from tidegate.claims.store.audit import Actor, note_change
from tidegate.claims.store.errors import StoreError
from tidegate.claims.store.schema import tokens
from tidegate.errors import NotFoundError
from tidegate.tables import Table

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

    from tidegate.claims.store.store import Store

__all__ = ["SCOPES", "Token", "find_token", "new_token", "revoke_token", "standing_token", "token_table"]

SCOPES = ("read", "write")
"""What a token allows; who may write may read."""

_N, _R, _P = 2**14, 8, 1
"""scrypt: 16 MiB and some 50 ms on one core, the interactive figures of RFC 7914 and Percival's paper."""

_FORM = re.compile(r"tidegate_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NAME = re.compile(r"[\w][\w .@+-]{0,79}")


@dataclass(frozen=True, slots=True)
class Token:
    """Who a token stands for, without its secret. scope: `read` or `write`."""

    id: str
    name: str
    scope: str
    made_by: str
    made_at: dt.datetime
    revoked_at: dt.datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the token as plain values."""
        gone = self.revoked_at
        return {
            "id": self.id, "name": self.name, "scope": self.scope, "made_by": self.made_by,
            "made_at": self.made_at.isoformat(), "revoked_at": gone.isoformat() if gone else None,
        }  # fmt: skip


def new_token(store: Store, name: str, scope: str, actor: Actor, at: dt.datetime) -> tuple[Token, str]:
    """Make a token and return it with its words, which are kept nowhere and cannot be shown again.

    name: whom or what it stands for; what it writes is signed so. scope: one of `SCOPES`.
    Raises: StoreError: for a name that is none or that another token which holds has, or for another scope.
    """
    name = " ".join(name.split())
    if not _NAME.fullmatch(name):
        raise StoreError(
            f"name: '{name[:80]}' is none. Take up to 80 letters, digits, spaces and .@+-, a letter or digit first."
        )
    if scope not in SCOPES:
        raise StoreError(f"scope: '{scope}' is none of {', '.join(SCOPES)}.")
    made = Token(secrets.token_hex(6), name, scope, actor.who, at.astimezone(dt.UTC))
    secret, salt = secrets.token_urlsafe(32), secrets.token_hex(16)
    with store.write() as connection:
        taken = select(tokens.c.id).where(tokens.c.name == name, tokens.c.revoked_at.is_(None))
        if connection.execute(taken).first():
            raise StoreError(f"name: there is a token '{name}'. Revoke it first, or take another name.")
        values = {"id": made.id, "name": name, "scope": scope, "salt": salt, "hash": _hash(secret, salt),
                  "made_by": made.made_by, "made_at": made.made_at, "revoked_at": None}  # fmt: skip
        connection.execute(insert(tokens), [values])
        note_change(connection, actor, at, "new", "token", made.id, after=made.to_dict())
    return made, f"tidegate_{made.id}_{secret}"


def revoke_token(store: Store, name: str, actor: Actor, at: dt.datetime) -> Token:
    """Revoke the token of a name or id, at once, and return it.

    Raises: NotFoundError: if none that holds has it.
    """
    with store.write() as connection:
        wanted = ((tokens.c.name == name) | (tokens.c.id == name)) & tokens.c.revoked_at.is_(None)
        row = connection.execute(select(tokens).where(wanted)).mappings().first()
        if row is None:
            raise NotFoundError(f"No token that holds is called '{name}'. See them with: tidegate token list")
        gone = at.astimezone(dt.UTC)
        connection.execute(update(tokens).where(tokens.c.id == row["id"]).values(revoked_at=gone))
        before, after = _token(row), _token({**row, "revoked_at": gone})
        note_change(connection, actor, at, "revoke", "token", row["id"],
                    before=before.to_dict(), after=after.to_dict())  # fmt: skip
    return after


def find_token(store: Store, words: str) -> Token | None:
    """Return the token whose words these are; None for words that are none, wrong or revoked.

    It takes the same time whatever is wrong with them.
    """
    match = _FORM.fullmatch(words.strip())
    row = _row(store, match.group(1)) if match else None
    secret, salt = (match.group(2) if match else ""), (row["salt"] if row else "00" * 16)
    fits = hmac.compare_digest(_hash(secret, salt), row["hash"] if row else "")
    return _token(row) if fits and row is not None and row["revoked_at"] is None else None


def standing_token(store: Store, token_id: str) -> Token | None:
    """Return the token of an id as it stands now; None where it was revoked, or never was."""
    row = _row(store, token_id)
    return _token(row) if row is not None and row["revoked_at"] is None else None


def token_table(store: Store) -> Table:
    """Return every token, oldest first, without secrets. Columns: id, name, scope, made_by, made_at, revoked_at."""
    with store.connect() as connection:
        found = connection.execute(select(tokens).order_by(tokens.c.made_at, tokens.c.id)).mappings().all()
    columns = ("id", "name", "scope", "made_by", "made_at", "revoked_at")
    return Table(tuple(_token(row).to_dict() for row in found), columns, {"store": store.address}, "tokens")


def _row(store: Store, token_id: str) -> RowMapping | None:
    with store.connect() as connection:
        return connection.execute(select(tokens).where(tokens.c.id == token_id)).mappings().one_or_none()


def _token(row: Any) -> Token:  # noqa: ANN401
    return Token(**{name: row[name] for name in ("id", "name", "scope", "made_by", "made_at", "revoked_at")})


def _hash(secret: str, salt: str) -> str:
    return hashlib.scrypt(secret.encode(), salt=bytes.fromhex(salt), n=_N, r=_R, p=_P, dklen=32).hex()
