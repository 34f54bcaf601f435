"""Game files: YAML in, a `Game` out, or an error that names the line and the mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath

from tidegate.bargaining.game import (
    MOST_PATHS,
    STANCES,
    Game,
    Issue,
    Move,
    Offers,
    Path,
    Player,
    Pledge,
    Repeated,
    Turn,
    Type,
    Want,
    paths_of,
    status_quo,
)
from tidegate.bargaining.places import Place
from tidegate.dates import parse_day
from tidegate.errors import BadInputError, LedgerError, Problem
from tidegate.records import YamlRecord, read_yaml_records, read_yaml_text_records

__all__ = ["read_game", "read_game_text"]

_FIELDS = {
    "title", "about", "record", "players", "play", "outcomes", "types", "issues", "pledges", "offers", "repeated",
}  # fmt: skip
_MOST_PLAYERS, _MOST_MOVES, _MOST_WANTS, _MOST_TURNS, _MOST_TYPES = 8, 12, 24, 8, 6


def read_game(path: str | FilePath) -> Game:
    """Return the game of a file. Raises: LedgerError: with file:line and the mend for what is wrong."""
    path = FilePath(path)
    return _read(read_yaml_records(path), str(path), path.stem)


def read_game_text(text: str, name: str) -> Game:
    """Return the game given as YAML text. name: what messages call it. Raises: LedgerError."""
    return _read(read_yaml_text_records(text, name), name, FilePath(name).stem)


def _read(records: Sequence[YamlRecord], path: str, name: str) -> Game:
    if len(records) != 1:
        raise LedgerError([Problem(path, 1, "not-a-game", "One game is expected.", "Split the file.")])
    whole = Place(records[0], (), records[0].data)
    whole.mapping(("title", "players"), _FIELDS)
    if whole.has("record") == whole.has("outcomes"):
        message = "A game has either 'record', and asks the supply model, or 'outcomes', and brings its own."
        raise whole.error("not-a-game", message, "Give one of the two.")
    is_table = whole.has("outcomes")
    players = tuple(
        _player(key, part, is_table) for key, part in whole.into("players").items(_MOST_PLAYERS, "players")
    )
    if not is_table and not any(move.edits for player in players for move in player.moves):
        mend = "Give a move some edits."
        raise whole.error("not-a-game", "No move changes the ledger.", mend, "players")
    moves = {player.id: tuple(move.name for move in player.moves) for player in players}
    known_by, first, last = _record(whole.into("record")) if not is_table else (None, "", "")
    about = whole.into("about").text() if whole.has("about") else ""
    game = Game(
        name, whole.into("title").text(), " ".join(about.split()), players, _turns(whole, moves), known_by, first, last,
        path=path,
    )  # fmt: skip
    try:
        count = sum(1 for _, _ in zip(range(MOST_PATHS + 1), paths_of(game), strict=False))
    except RecursionError:
        count = MOST_PATHS + 1
    if count > MOST_PATHS:
        message = f"The game can be played in more than {MOST_PATHS} ways."
        raise whole.error("wrong-number", message, "Take turns or moves out.", "play")
    return _with_parts(game, whole, moves)


def _with_parts(game: Game, whole: Place, moves: Mapping[str, tuple[str, ...]]) -> Game:
    from dataclasses import replace

    game = replace(game, table=_table(whole.into("outcomes"), game) if whole.has("outcomes") else None)
    if whole.has("types"):
        typed, types = _types(whole.into("types"), game)
        game = replace(game, typed=typed, types=types)
    _check_wanted(whole, game)
    return replace(
        game,
        issues=_issues(whole.into("issues"), moves) if whole.has("issues") else (),
        pledges=_pledges(whole.into("pledges"), moves) if whole.has("pledges") else (),
        offers=_offers(whole.into("offers"), moves) if whole.has("offers") else None,
        repeated=_repeated(whole.into("repeated"), game, moves) if whole.has("repeated") else None,
    )


def _player(id_: str, part: Place, is_table: bool) -> Player:
    part.mapping(("moves",), ("title", "wants"))
    moves = [_move(name, move, is_table) for name, move in part.into("moves").items(_MOST_MOVES, "moves")]
    if moves[0].edits:
        mend = "Put a move without edits first: to leave things as they are."
        message = f"The first move of {id_}, '{moves[0].name}', changes the ledger."
        raise part.error("no-status-quo", message, mend, "moves", moves[0].name)
    if not part.has("wants"):
        if not is_table:
            raise part.error("missing-key", f"'{id_}' wants nothing.", "Add wants.")
        wants: tuple[Want, ...] = (Want("payoff", id_, 1.0, 1.0, 1.0, "", "the game's own table"),)
    else:
        wants = tuple(_want(name, want) for name, want in part.into("wants").items(_MOST_WANTS, "wants"))
    title = part.into("title").text() if part.has("title") else id_
    return Player(id_, title, tuple(moves), wants)


def _move(name: str, part: Place, is_table: bool) -> Move:
    if part.value is None:
        return Move(name, name, "none", (), ())
    part.mapping((), ("title", "as", "edits"))
    title = part.into("title").text() if part.has("title") else name
    stance = part.into("as").one_of(STANCES, "kind of move") if part.has("as") else "none"
    if not part.has("edits"):
        return Move(name, title, stance, (), ())
    if is_table:
        mend = "Leave the edits out, or ask the supply model with `record`."
        raise part.error("unknown-key", "A game with its own outcomes edits no ledger.", mend, "edits")
    edits, lines = [], []
    for edit in part.into("edits").sequence(40):
        edit.mapping()
        edits.append(edit.value)
        here = edit.at
        own = {key[len(here) :]: line for key, line in part.record.lines.items() if key[: len(here)] == here}
        lines.append(own)
    return Move(name, title, stance, tuple(edits), tuple(lines))


def _want(name: str, part: Place) -> Want:
    part.mapping(("of", "weight", "source"), ("unit", "why"))
    low, central, high = _range(part.into("weight"))
    return Want(
        name, part.into("of").text(), low, central, high, part.into("unit").text() if part.has("unit") else "",
        part.into("source").text(), " ".join(part.into("why").text().split()) if part.has("why") else "",
    )  # fmt: skip


def _range(part: Place) -> tuple[float, float, float]:
    """One number, or low, central and high."""
    if not isinstance(part.value, list):
        value = part.number()
        return value, value, value
    numbers = [one.number() for one in part.sequence(3)]
    if len(numbers) != 3 or numbers != sorted(numbers):
        raise part.error(
            "wrong-number", f"{numbers} is no range.", "Write [low, central, high], in this order."
        )
    return numbers[0], numbers[1], numbers[2]


def _record(part: Place) -> tuple[str, str, str]:
    from tidegate.supply.report import check_question

    part.mapping(("known_by", "from", "to"), ())
    known_by, first, last = (part.into(key).text() for key in ("known_by", "from", "to"))
    for key, check in (
        ("known_by", lambda: parse_day(known_by)),
        ("to", lambda: check_question(first, last)),
    ):
        try:
            check()
        except BadInputError as error:
            message, _, mend = str(error).partition(". ")
            raise part.error("bad-date", f"{message}.", mend, key) from None
    return known_by, first, last


def _turns(whole: Place, moves: Mapping[str, tuple[str, ...]]) -> tuple[Turn, ...]:
    if not whole.has("play") or whole.value["play"] == "together":
        return (Turn(moves),)
    turns = []
    for part in whole.into("play").sequence(_MOST_TURNS):
        if isinstance(part.value, str):
            player = part.one_of(moves, "player")
            turns.append(Turn({player: moves[player]}))
            continue
        part.mapping((), ("player", "together", "moves", "after", "only"))
        if part.has("player") == part.has("together"):
            raise part.error("not-a-turn", "A turn has 'player' or 'together'.", "Give one of the two.")
        if part.has("together"):
            if part.has("moves"):
                raise part.error(
                    "unknown-key", "'together' takes all moves of its players.", "Leave moves out."
                )
            own = {name: moves[name] for name in part.into("together").some_of(moves, "player")}
        else:
            player = part.into("player").one_of(moves, "player")
            chosen = moves[player]
            if part.has("moves"):
                chosen = part.into("moves").some_of(moves[player], f"move of {player}")
            own = {player: chosen}
        turns.append(Turn(own, _condition(part, "after", moves), _only(part, own, moves)))
    if missing := set(moves) - {player for turn in turns for player in turn.moves}:
        mend = "Give every player a turn."
        raise whole.error("not-a-turn", f"{min(missing)} never moves.", mend, "play")
    return tuple(turns)


def _condition(part: Place, key: str, moves: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    if not part.has(key):
        return {}
    inside, found = part.into(key), {}
    for player in inside.mapping():
        inside.into(player)
        if player not in moves:
            mend = f"There are: {', '.join(moves)}."
            raise inside.error("bad-word", f"'{player}' is no player.", mend, player)
        found[player] = inside.into(player).some_of(moves[player], f"move of {player}")
    return found


def _only(
    part: Place, own: Mapping[str, tuple[str, ...]], moves: Mapping[str, tuple[str, ...]]
) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    if not part.has("only"):
        return {}
    inside, found = part.into("only"), {}
    open_ = {move for names in own.values() for move in names}
    for move in inside.mapping():
        if move not in open_:
            raise inside.error("bad-word", f"'{move}' is no move of this turn.", "Name one of it.", move)
        found[move] = _condition(inside, move, moves)
    if any(all(move in found for move in names) for names in own.values()):
        mend = "Leave one move open in every case."
        raise part.error("not-a-turn", "Every move of this turn has a condition.", mend, "only")
    return found


def _table(part: Place, game: Game) -> Mapping[Path, Mapping[str, float]]:
    paths = {tuple(move for _, move in path): path for path in paths_of(game)}
    found: dict[Path, Mapping[str, float]] = {}
    names: set[str] | None = None
    for row in part.sequence(MOST_PATHS):
        row.mapping(("after", "values"), ())
        after = tuple(one.text() for one in row.into("after").sequence(40))
        if after not in paths or paths[after] in found:
            message = f"{', '.join(after)}: {'stands twice' if after in paths else 'cannot be played'}."
            mend = f"Ways to play: {'; '.join(', '.join(p) for p in list(paths)[:6])}{' ...' if len(paths) > 6 else ''}."
            raise row.error("bad-path", message, mend, "after")
        values = {name: value.number() for name, value in row.into("values").items(_MOST_WANTS, "values")}
        names = names if names is not None else set(values)
        if set(values) != names:
            mend = f"Give {', '.join(sorted(names))} in every row."
            raise row.error("missing-key", "This row has other outcomes than the first.", mend, "values")
        found[paths[after]] = values
    if missing := [path for path in paths.values() if path not in found]:
        message = f"No outcomes after {', '.join(move for _, move in missing[0])}."
        raise part.error("missing-key", message, "Give every way to play a row.")
    return found


def _types(part: Place, game: Game) -> tuple[str, tuple[Type, ...]]:
    part.mapping(("of", "values"), ("source",))
    of = part.into("of").one_of(game.ids, "player")
    types = []
    for name, each in part.into("values").items(_MOST_TYPES, "types"):
        each.mapping(("probability", "wants"), ("source", "why"))
        probability = each.into("probability").number()
        if not 0 < probability <= 1:
            mend = "Write one above 0 and up to 1."
            raise each.error("wrong-number", f"{probability:g} is no probability.", mend, "probability")
        wants: dict[str, tuple[Want, ...]] = {}
        for player, own in each.into("wants").items(_MOST_PLAYERS, "players"):
            if player not in game.ids:
                raise own.error("bad-word", f"'{player}' is no player.", f"There are: {', '.join(game.ids)}.")
            wants[player] = tuple(_want(n, want) for n, want in own.items(_MOST_WANTS, "wants"))
        types.append(Type(name, probability, wants))
    if abs(sum(one.probability for one in types) - 1) > 1e-9:
        mend = "Make them add up to 1."
        raise part.error("wrong-number", "The probabilities do not add up to 1.", mend, "values")
    return of, tuple(types)


def _check_wanted(whole: Place, game: Game) -> None:
    """Refuse a want of an outcome that there is not, with its line."""
    places = [
        (whole.into("players", player.id), want, ("wants", want.name)) for player in game.players for want in player.wants
    ] + [
        (whole.into("types", "values", one.name, "wants", player), want, (want.name,))
        for one in game.types for player, wants in one.wants.items() for want in wants
    ]  # fmt: skip
    if game.table is not None:
        names = set(next(iter(game.table.values())))
        for part, want, keys in places:
            if want.of not in names:
                mend = f"There are: {', '.join(sorted(names))}."
                raise part.error("bad-word", f"The table has no outcome '{want.of}'.", mend, *keys)
        return
    from tidegate.supply.calibration import load_calibration
    from tidegate.supply.outcomes import parse_outcome

    network = load_calibration().network
    for part, want, keys in places:
        try:
            parse_outcome(want.of, network)
        except BadInputError as error:
            message, _, mend = str(error).partition(". ")
            raise part.error("bad-word", f"{message}.", mend, *keys, "of") from None


def _issues(part: Place, moves: Mapping[str, tuple[str, ...]]) -> tuple[Issue, ...]:
    found = []
    for name, each in part.items(6, "issues"):
        own = _condition(part, name, moves)
        for player, some in own.items():
            if some[0] != moves[player][0]:
                mend = f"Put '{moves[player][0]}' first, which leaves things as they are."
                raise each.error(
                    "no-status-quo", f"The issue '{name}' starts from '{some[0]}'.", mend, player
                )
        found.append(Issue(name, own))
    return tuple(found)


def _pledges(part: Place, moves: Mapping[str, tuple[str, ...]]) -> tuple[Pledge, ...]:
    found = []
    for player, each in part.items(_MOST_PLAYERS, "pledges"):
        if player not in moves:
            raise each.error("bad-word", f"'{player}' is no player.", f"There are: {', '.join(moves)}.")
        each.mapping(("move", "if"), ("source", "why"))
        move = each.into("move").one_of(moves[player], f"move of {player}")
        found.append(Pledge(player, move, _profile(each.into("if"), moves, everybody=False)))
    return tuple(found)


def _profile(
    part: Place, moves: Mapping[str, tuple[str, ...]], *, everybody: bool = True
) -> Mapping[str, str]:
    """One move for players; where everybody is asked for, the others leave things as they are."""
    found = {player: names[0] for player, names in moves.items()} if everybody else {}
    for player in part.mapping():
        if player not in moves:
            raise part.error(
                "bad-word", f"'{player}' is no player.", f"There are: {', '.join(moves)}.", player
            )
        found[player] = part.into(player).one_of(moves[player], f"move of {player}")
    return found


def _offers(part: Place, moves: Mapping[str, tuple[str, ...]]) -> Offers:
    part.mapping(("by", "to", "accepted"), ("backfires",))
    by, to = (part.into(key).one_of(moves, "player") for key in ("by", "to"))
    if by == to:
        raise part.error("bad-word", f"{by} makes itself an offer.", "Name two players.", "to")
    accepted = part.into("accepted").one_of(moves[to], f"move of {to}")
    backfires = part.into("backfires").one_of(moves[to], f"move of {to}") if part.has("backfires") else None
    return Offers(by, to, accepted, backfires)


def _repeated(part: Place, game: Game, moves: Mapping[str, tuple[str, ...]]) -> Repeated:
    part.mapping(("deal", "discount", "source"), ("without",))
    discount = _range(part.into("discount"))
    if not 0 < discount[0] <= discount[2] < 1:
        mend = "Write numbers above 0 and below 1."
        raise part.error("wrong-number", f"{discount} is no discount factor.", mend, "discount")
    without = _profile(part.into("without"), moves) if part.has("without") else status_quo(game)
    return Repeated(_profile(part.into("deal"), moves), without, discount, part.into("source").text())
