"""Stories in, the brief out: read, held against the ledger, copies put together."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tidegate.brief.better import claims_by_measure, known_better
from tidegate.brief.claim_lines import claim_lines, with_named
from tidegate.brief.measure_lines import measure_lines
from tidegate.brief.names import dates_in, named
from tidegate.brief.record import Brief, ClaimLine, CopyLine, RoundLine, StoryBrief
from tidegate.brief.undated import NO_DAY, decide_undated
from tidegate.brief.wording import authority_words
from tidegate.claims.copies import CopyGroup, group_copies
from tidegate.claims.documents import Document, find_files, read_documents, unreadable
from tidegate.claims.matching import match_story
from tidegate.claims.mentions import find_mentions
from tidegate.claims.reading import Reading, read_claims
from tidegate.claims.reconcile import Disagreement, Reconciliation, Story, reconcile
from tidegate.claims.rounds import match_rounds
from tidegate.dates import Day
from tidegate.errors import DocumentError
from tidegate.ledger import Ledger
from tidegate.ledger.changes import coming
from tidegate.ledger.ledger import DayLike, as_day
from tidegate.tables import Table

__all__ = ["brief_readings", "brief_stories"]

COMING_DAYS = 180
"""How far ahead a brief looks."""

Progress = Callable[[int, int, str], None]


def brief_stories(
    paths: Sequence[str | Path],
    ledger: Ledger,
    on: DayLike,
    published: DayLike | None = None,
    progress: Progress | None = None,
    asked_with: Sequence[str] = (),
) -> Brief:
    """Return the brief of stories on a day.

    paths: files of stories, feeds and dumps, and folders of them; one that cannot be read becomes a failure
    and the rest go on.
    published: the day of those stories that give none.
    progress: called with the number done, the total and the file's name.
    asked_with: the options that the ledger comes from, for the commands that accept a proposal.
    """
    given = as_day(published) if published else None
    files, failures = _files(paths)
    readings: list[Reading] = []
    for number, path in enumerate(files, start=1):
        try:
            # What was read before an error in the middle of a file stays.
            readings.extend(
                _read(document, given)
                for document in read_documents(path, lambda error: failures.append(str(error)))
            )
        except DocumentError as error:
            failures.append(str(error))
        if progress is not None:
            progress(number, len(files), path.name)
    return brief_readings(readings, ledger, on, failures, asked_with)


def brief_readings(
    readings: Sequence[Reading],
    ledger: Ledger,
    on: DayLike,
    failures: Sequence[str] = (),
    asked_with: Sequence[str] = (),
) -> Brief:
    """Return the brief of stories that have been read, whoever read them.

    failures: what could not be read, one line each.
    """
    day = as_day(on)
    held = reconcile(readings, ledger, day)
    ahead = coming(ledger, day, COMING_DAYS)
    return Brief(
        on=day.isoformat(),
        stories=tuple(
            _brief(story, _copies(group, held), ledger, day, ahead) for story, group in _grouped(held)
        ),
        proposals=tuple(_proposals(held, asked_with)),
        disagreements=tuple(
            _disagreement(each, ledger) for each in held.disagreements if _is_between_stories(each)
        ),
        failures=tuple(failures),
        read_to=ledger.read_to.isoformat() if ledger.read_to else None,
        scenario=ledger.scenario,
        measures_in_ledger=len(ledger),
    )


def _files(paths: Sequence[str | Path]) -> tuple[list[Path], list[str]]:
    found: dict[Path, None] = {}
    failures = []
    for path in paths:
        try:
            found.update(dict.fromkeys(find_files([path])))
        except DocumentError as error:
            failures.append(str(error))
    return list(found), failures


def _read(document: Document, given: Day | None) -> Reading:
    why = unreadable(document)
    if why is None:
        return read_claims(document, given)
    return Reading(document, (), document.published or given)


def _grouped(held: Reconciliation) -> Iterator[tuple[Story, CopyGroup | None]]:
    """Yield each story that is no copy of another, with the group of its copies."""
    groups = group_copies([story.reading.document for story in held.stories])
    of_story = {index: group for group in groups for index in group.indexes}
    for index, story in enumerate(held.stories):
        group = of_story.get(index)
        if group is None or group.lead == index:
            yield story, group


def _copies(group: CopyGroup | None, held: Reconciliation) -> tuple[CopyLine, ...]:
    if group is None:
        return ()
    lead = " ".join(held.stories[group.lead].reading.document.text.split())
    found = []
    for member in group.members:
        if member.index == group.lead:
            continue
        story = held.stories[member.index]
        document, day = story.reading.document, story.reading.published
        only_here = tuple(
            line for line in claim_lines(story) if " ".join(line.quote.words.split()) not in lead
        )
        found.append(
            CopyLine(document.name, document.title, document.outlet, day.isoformat() if day else None,
                     member.contained, only_here)
        )  # fmt: skip
    return tuple(found)


def _brief(story: Story, copies: tuple[CopyLine, ...], ledger: Ledger, on: Day, ahead: Table) -> StoryBrief:
    document, published = story.reading.document, story.reading.published
    mentions = find_mentions(document.text)
    report = match_story(document, ledger, published, mentions)
    span = (published, published) if published else report.estimated
    if published is None and report.estimated:
        story = replace(story, decisions=decide_undated(story.decisions, ledger, report.estimated, on))
    lines = with_named(claim_lines(story), report.matches)
    measures = measure_lines(claims_by_measure(lines), report.matches, ledger, on, span, ahead)
    return StoryBrief(
        name=document.name,
        title=document.title,
        outlet=document.outlet,
        url=document.url,
        language=document.language,
        published=published.isoformat() if published else None,
        published_from="the story" if document.published else "given" if published else "unknown",
        is_after_day_asked=published is not None and published > on,
        estimated=(report.estimated[0].isoformat(), report.estimated[1].isoformat())
        if report.estimated
        else None,
        unreadable=unreadable(document),
        copies=copies,
        asserts=_of_kind(lines, "measure"),
        new=tuple(line.number for line in lines if line.label in ("updates", "new")),
        better=known_better(lines, story.decisions, measures, ledger, published),
        responses=_of_kind(lines, "response"),
        evasions=_of_kind(lines, "evasion"),
        figures=_of_kind(lines, "figure"),
        measures=measures,
        rounds=tuple(
            RoundLine(
                match.round.id,
                match.round.when.text,
                match.round.outcome,
                match.words,
                match.round.held,
                tuple(cited.source for cited in match.round.sources),
            )
            for match in match_rounds(document, mentions, span)
        ),
        governments=named(mentions, "country"),
        companies=named(mentions, "party"),
        items=named(mentions, "item"),
        dates=dates_in(document, published),
        why_none=None if measures else report.why_none,
        notes=_notes(story),
        length=len(document.text),
    )


def _of_kind(lines: Sequence[ClaimLine], kind: str) -> tuple[ClaimLine, ...]:
    return tuple(line for line in lines if line.kind == kind)


def _notes(story: Story) -> tuple[str, ...]:
    """Return what is to be known of the reading; why a claim leads to no proposal stands with the claim."""
    notes = [*story.reading.document.notes, *story.reading.notes]
    if story.reading.published is None and any(claim.kind == "measure" for claim in story.reading.claims):
        notes.append(NO_DAY)
    return tuple(dict.fromkeys(notes))


def _is_between_stories(disagreement: Disagreement) -> bool:
    # The side of the ledger rests on no authority of a story; it stands with the story, not here.
    return all(side.certainty is not None for side in disagreement.sides)


def _disagreement(disagreement: Disagreement, ledger: Ledger) -> dict[str, Any]:
    """Return a disagreement with the title of what it is about and the authority of each side in words."""
    record = disagreement.to_dict()
    topic = disagreement.topic
    record["title"] = ledger[topic].title if topic in ledger else topic.replace("_", " ")
    for side in record["sides"]:
        side["authority"] = authority_words(side["certainty"], side["source"], side["words"])
    return record


def _proposals(held: Reconciliation, asked_with: Sequence[str]) -> Iterator[dict[str, Any]]:
    for proposal in held.proposals.values():
        story = next(story for story in held.stories if proposal.id in story.proposals)
        yield {**proposal.to_dict(), "accept": _accept(proposal.id, story.reading, asked_with)}


def _accept(proposal_id: str, reading: Reading, asked_with: Sequence[str]) -> str | None:
    """Return the command that accepts a proposal; None where the story is one of several in a file."""
    document = reading.document
    if not Path(document.name).exists():
        return None
    words = ["tidegate", "reconcile", document.name]
    if document.published is None and reading.published is not None:
        words += ["--published", reading.published.isoformat()]
    words += [*asked_with, "--accept", proposal_id, "--into", "my-ledger", "--who", "YOUR NAME"]
    return shlex.join([*words, "--why", "YOUR GROUNDS"])
