"""A story read by a language model, with the local reader to fall back on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tidegate.claims.claim import Claim
from tidegate.claims.documents import Document
from tidegate.claims.model.accept import Acceptor
from tidegate.claims.model.answer import CutShortError, MalformedError, ModelError, claims_in
from tidegate.claims.model.chunks import Chunk, cut, in_two
from tidegate.claims.model.client import ModelClient
from tidegate.claims.model.merge import merged
from tidegate.claims.model.prompt import messages_for
from tidegate.claims.model.settings import ModelSettings
from tidegate.claims.model.support import Support
from tidegate.claims.model.usage import Progress, Usage
from tidegate.claims.reading import LOCAL, Reading, read_claims
from tidegate.dates import Day

__all__ = ["read_with_model"]

_SMALLEST = 1000
"""A part of so few characters is not cut again where the answer on it was too long."""


def read_with_model(
    document: Document,
    published: Day | None = None,
    *,
    model: str,
    settings: ModelSettings | None = None,
    fallback: Callable[[Document, Day | None], Reading] = read_claims,
    on_progress: Callable[[Progress], None] | None = None,
) -> Reading:
    """Return the claims of a story that a language model proposes and the text bears out.

    Each claim is checked by code against the text (`tidegate.claims.model.accept`): what the model says is
    a proposal. Where the model gives no usable answer on any part of the story, or nothing it proposed
    holds, the whole story is read by `fallback`, and `reader` and `notes` say so. The notes also tell what
    was rejected and what was used. Safe to call from many threads.

    published: the day of the story, for one that gives none. settings: from the environment if not given.
    on_progress: called after each part, and once more where the model fails.
    Raises: BadInputError: if no address is set in the environment, or a setting is not usable.
    """
    settings = ModelSettings.from_environment(model) if settings is None else replace(settings, model=model)
    day = document.published or published
    acceptor = Acceptor(Support(document.text, day, document.outlet))
    used = Usage()
    claims: list[Claim] = []
    failure: str | None = None
    with ModelClient(settings) as client:
        chunks = cut(document.text, settings.chunk)
        done = 0

        def report() -> None:
            nonlocal used
            step = client.take_usage()
            used += step
            if on_progress is not None:
                on_progress(Progress(document.name, done, len(chunks), step))

        try:
            if len(chunks) > settings.max_chunks:
                raise ModelError(
                    f"was not asked: {len(chunks)} parts, above the limit of {settings.max_chunks}"
                )
            for done, chunk in enumerate(chunks, start=1):
                for part, records in _proposed(client, document, day, chunk, done, len(chunks)):
                    claims += acceptor.accept(records, part)
                report()
        except ModelError as error:
            failure = f"the model {model} {error}"
            done = max(done - 1, 0)
            report()
    cost = f"the model {model}: {used.line()}"
    if failure is None and acceptor.proposed and not claims:
        failure = f"the model {model} proposed nothing that the text bears out"
    if failure is not None:
        local = fallback(document, published)
        notes = (f"{failure}; read by the local reader", *acceptor.notes(), cost, *local.notes)
        return replace(local, reader=LOCAL, notes=notes)
    return Reading(document, merged(claims), day, model, (*acceptor.notes(), cost))


def _proposed(
    client: ModelClient, document: Document, day: Day | None, chunk: Chunk, part: int, parts: int
) -> list[tuple[Chunk, list[object]]]:
    """Return the claims that the model proposes for a part, by smaller parts where one answer was too long.

    Raises: ModelError: if it proposes none that can be read, asked twice.
    """
    messages = messages_for(document, day, chunk, part, parts)
    try:
        try:
            return [(chunk, claims_in(client.ask(messages)))]
        except MalformedError:
            return [(chunk, claims_in(client.ask(messages, again=True)))]
    except CutShortError:
        if len(chunk.text) < 2 * _SMALLEST:
            raise
        return [
            piece for half in in_two(chunk) for piece in _proposed(client, document, day, half, part, parts)
        ]
