"""Queries made out of a list, with known answers: listed names as others would write them, and names like them.

Every rule changes a name in one way that a shipper's, a bank's or a clerk's spelling does, by a seed. What must not be
found: names of entries that are held out of the list, their distinctive word replaced, numbers changed, persons
recombined, common words only, and catalog companies that no list has. Entries fall by a digest of their id into those
that thresholds are chosen on and those that are kept aside.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tidegate.catalog import load_catalog
from tidegate.screening.lexicon import lexicon
from tidegate.screening.words import words_of
from tidegate.sources.listing import Entry, PartyList

__all__ = ["Made", "held_out", "make_queries"]


@dataclass(frozen=True, slots=True)
class Made:
    """One query. expected: ids of which any is right; empty where nothing is to be found. aside: not for choosing."""

    query: str
    expected: tuple[str, ...]
    kind: str
    aside: bool


def _part(entry: Entry) -> float:
    return int(hashlib.sha256(entry.id.encode()).hexdigest()[:8], 16) / 2**32


def _aside(entry: Entry) -> bool:
    return int(hashlib.sha256(("aside" + entry.id).encode()).hexdigest()[:8], 16) % 2 == 0


def held_out(list_: PartyList, share: float = 0.04) -> tuple[PartyList, list[Entry]]:
    """Return the list without some entries, and those."""
    out = [entry for entry in list_.entries if _part(entry) < share]
    kept = tuple(entry for entry in list_.entries if _part(entry) >= share)
    return PartyList(list_.title, list_.layout, kept, list_.digest, list_.as_of, list_.path), out


# -- ways of writing a company's name

_FORMS = [
    "Co., Ltd.",
    "Limited",
    "Ltd",
    "LLC",
    "Inc.",
    "JSC",
    "Company Limited",
    "OOO",
    "GmbH",
    "Corp.",
    "Pte. Ltd.",
]
_CITIES = ["Shenzhen", "Shanghai", "Moscow", "Dubai", "Hong Kong", "Beijing", "Tehran"]
_SHORTER = {"technology": "Tech", "technologies": "Techs", "international": "Int'l", "electronics": "Elect.",
            "electronic": "Elec.", "industry": "Ind.", "industries": "Inds.", "industrial": "Indl", "research": "Rsch",
            "institute": "Inst.", "university": "Univ.", "engineering": "Engr.", "development": "Devt",
            "equipment": "Eqpt.", "manufacturing": "Mfg", "science": "Sci.", "scientific": "Sci.",
            "communication": "Comm.", "communications": "Comms", "semiconductor": "Semicon", "company": "Cmpy",
            "services": "Svcs", "service": "Svc", "trading": "Trdg", "center": "Ctr.", "centre": "Ctr",
            "national": "Natl", "machinery": "Mach.", "instruments": "Instr.", "systems": "Sys.", "system": "Sys",
            "management": "Mgmt", "shipping": "Shpg", "general": "Genl", "group": "Grp", "laboratory": "Lab.",
            "academy": "Acad.", "information": "Info", "association": "Assn", "department": "Dept.",
            "petroleum": "Petr.", "transportation": "Transp.", "construction": "Constr."}  # fmt: skip
_KEYS = {"a": "s", "b": "v", "c": "x", "d": "f", "e": "r", "f": "g", "g": "h", "h": "j", "i": "o", "j": "k", "k": "l",
         "l": "k", "m": "n", "n": "m", "o": "p", "p": "o", "q": "w", "r": "t", "s": "d", "t": "y", "u": "i", "v": "b",
         "w": "e", "x": "c", "y": "u", "z": "x"}  # fmt: skip
_CYRILLIC = (
    ("shch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"), ("yu", "ю"), ("ya", "я"),
    ("yo", "ё"), ("a", "а"), ("b", "б"), ("v", "в"), ("g", "г"), ("d", "д"), ("e", "е"), ("z", "з"), ("i", "и"),
    ("y", "й"), ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"),
    ("t", "т"), ("u", "у"), ("f", "ф"), ("h", "х"), ("j", "дж"), ("c", "к"), ("w", "в"), ("x", "кс"), ("q", "к"),
)  # fmt: skip


def _words(name: str) -> list[str]:
    return name.replace(",", " ").split()


def _sorts(name: str) -> list[tuple[str, str]]:
    """The words of a name as written, each with its sort."""
    known = lexicon().phrases
    out = []
    for word in _words(name):
        bare = re.sub(r"[^a-z0-9]", "", word.lower())
        sort = known.get((bare,), ("name", ()))[0] if bare else "stop"
        out.append((word, "number" if bare.isdigit() else sort))
    return out


def _long_word(rng: random.Random, words: list[str], least: int = 5) -> int | None:
    choice = [at for at, word in enumerate(words) if len(word) >= least and word.isalpha()]
    return rng.choice(choice) if choice else None


def _typo(kind: str) -> Callable[[random.Random, str], str | None]:
    def change(rng: random.Random, name: str) -> str | None:
        words = name.split()
        at = _long_word(rng, words)
        if at is None:
            return None
        word, p = words[at], rng.randrange(1, len(words[at]) - 1)
        if kind == "drop":
            new = word[:p] + word[p + 1 :]
        elif kind == "double":
            new = word[:p] + word[p] + word[p:]
        elif kind == "key":
            other = _KEYS.get(word[p].lower(), "e")
            new = word[:p] + (other.upper() if word[p].isupper() else other) + word[p + 1 :]
        elif kind == "first":
            new = word[1] + word[0] + word[2:]
        else:
            new = word[:p] + word[p + 1] + word[p] + word[p + 2 :]
        words[at] = new
        return " ".join(words) if new.lower() != word.lower() else None

    return change


def _form_dropped(rng: random.Random, name: str) -> str | None:
    kept = [word for word, sort in _sorts(name) if sort != "form"]
    return " ".join(kept) if 0 < len(kept) < len(_words(name)) and len(" ".join(kept)) > 4 else None


def _form_changed(rng: random.Random, name: str) -> str | None:
    bare = _form_dropped(rng, name)
    return f"{bare} {rng.choice(_FORMS)}" if bare else None


def _form_added(rng: random.Random, name: str) -> str | None:
    return f"{name}, {rng.choice(_FORMS)}" if _form_dropped(rng, name) is None else None


def _form_first(rng: random.Random, name: str) -> str | None:
    bare = _form_dropped(rng, name)
    return f"{rng.choice(['OOO', 'JSC', 'Limited Liability Company', 'PJSC'])} {bare}" if bare else None


def _abbreviated(rng: random.Random, name: str) -> str | None:
    words, changed = name.split(), 0
    for at, word in enumerate(words):
        short = _SHORTER.get(word.lower().strip(".,"))
        if short:
            words[at], changed = short, changed + 1
    return " ".join(words) if changed else None


def _cut_short(rng: random.Random, name: str) -> str | None:
    """Cut a common word to its first letters, as a narrow field does."""
    words = name.split()
    known = lexicon().single
    places = [
        at
        for at, word in enumerate(words)
        if len(word) > 7 and known.get(word.lower(), ("", ""))[0] == "generic"
    ]
    if not places:
        return None
    at = rng.choice(places)
    words[at] = words[at][: rng.choice((4, 5, 6))]
    return " ".join(words)


def _city_dropped(rng: random.Random, name: str) -> str | None:
    sorts = _sorts(name)
    if len(sorts) < 3 or sorts[0][1] != "place" or sum(sort == "name" for _, sort in sorts) < 1:
        return None
    return " ".join(word for word, _ in sorts[1:])


def _city_added(rng: random.Random, name: str) -> str | None:
    sorts = _sorts(name)
    if any(sort == "place" for _, sort in sorts) or sum(sort == "name" for _, sort in sorts) < 1:
        return None
    city = rng.choice(_CITIES)
    return rng.choice((f"{city} {name}", f"{name} ({city})"))


def _rotated(rng: random.Random, name: str) -> str | None:
    words = _words(name)
    if len(words) < 3:
        return None
    cut = rng.randrange(1, len(words))
    return " ".join(words[cut:] + words[:cut])


def _shuffled(rng: random.Random, name: str) -> str | None:
    words = _words(name)
    if not 3 <= len(words) <= 6:
        return None
    rng.shuffle(words)
    return " ".join(words)


def _common_dropped(rng: random.Random, name: str) -> str | None:
    sorts = _sorts(name)
    common = [at for at, (_, sort) in enumerate(sorts) if sort == "generic"]
    if len(common) < 1 or len(sorts) < 4 or sum(sort == "name" for _, sort in sorts) < 1:
        return None
    gone = rng.choice(common)
    return " ".join(word for at, (word, _) in enumerate(sorts) if at != gone)


def _spaced(rng: random.Random, name: str) -> str | None:
    """Write one word as two, or two as one, or with a hyphen."""
    words = name.split()
    at = _long_word(rng, words, 7)
    if at is not None and rng.random() < 0.5:
        p = rng.randrange(3, len(words[at]) - 2)
        words[at] = words[at][:p] + rng.choice((" ", "-")) + words[at][p:]
        return " ".join(words)
    names = [k for k in range(len(words) - 1) if words[k].isalpha() and words[k + 1].isalpha()]
    proper = [k for k in names if all(sort == "name" for _, sort in _sorts(f"{words[k]} {words[k + 1]}"))]
    if not proper:
        return None
    k = rng.choice(proper)
    return " ".join([*words[:k], words[k] + words[k + 1].lower(), *words[k + 2 :]])


def _marks(rng: random.Random, name: str) -> str | None:
    bare = re.sub(r"[^\w\s]", " ", name)
    return rng.choice(
        (bare.upper(), bare.lower(), name.upper().replace(",", ""), name.replace(" and ", " & "))
    )


def _accents(rng: random.Random, name: str) -> str | None:
    swaps = {"a": "á", "e": "é", "i": "ı", "o": "ö", "u": "ü", "s": "š", "c": "ç"}
    spots = [at for at, sign in enumerate(name) if sign in swaps]
    if len(spots) < 2:
        return None
    out = list(name)
    for at in rng.sample(spots, 2):
        out[at] = swaps[out[at]]
    return "".join(out)


def _short_name(rng: random.Random, name: str) -> str | None:
    found = re.findall(r"\(([A-Z]{4,10})\)", name)
    return found[0] if found and found[0].lower() not in lexicon().single else None


def _brackets_gone(rng: random.Random, name: str) -> str | None:
    bare = re.sub(r"\s*\([^)]*\)", "", name).strip(" ,")
    return bare if bare != name and len(bare) > 8 and len(_words(bare)) > 1 else None


def _cyrillic(rng: random.Random, name: str) -> str | None:
    if not re.fullmatch(r"[A-Za-z .,\-\"']+", name):
        return None
    text = name.lower()
    for latin, sign in _CYRILLIC:
        text = text.replace(latin, sign)
    return text.title()


def _two_typos(rng: random.Random, name: str) -> str | None:
    if len(name) < 24:
        return None
    once = _typo("drop")(rng, name)
    return _typo("swap")(rng, once) if once else None


def _truncated(rng: random.Random, name: str) -> str | None:
    """Cut a name off where a field of a form ends."""
    width = rng.choice((28, 35, 40))
    cut = name[:width].rstrip()
    # Something of the name proper has to be left.
    known = [sort for word, sort in _sorts(cut)[:-1]]
    return cut if len(name) > width + 2 and "name" in known else None


def _look_alike(rng: random.Random, name: str) -> str | None:
    """A letter read as a digit, or typed on a Cyrillic keyboard."""
    digits = {"o": "0", "l": "1", "i": "1", "s": "5", "e": "3"}
    twins = {
        "a": "а",
        "e": "е",
        "o": "о",
        "c": "с",
        "p": "р",
        "x": "х",
        "H": "Н",
        "T": "Т",
        "K": "К",
        "M": "М",
    }
    table = rng.choice((digits, twins))
    spots = [at for at in range(1, len(name) - 1)
             if name[at] in table and name[at - 1].isalpha() and name[at + 1].isalpha()]  # fmt: skip
    if not spots:
        return None
    at = rng.choice(spots)
    return name[:at] + table[name[at]] + name[at + 1 :]


def _respelt(rng: random.Random, name: str) -> str | None:
    """Another spelling of one sound."""
    ways = [(a, b) for a, b in (("ph", "f"), ("k", "c"), ("c", "k"), ("y", "i"), ("x", "ks"), ("v", "w"), ("ts", "tz"),
                                ("kh", "h"), ("zh", "j"), ("ai", "ay"), ("ei", "ey"), ("ou", "u"), ("sh", "sch"))
            if a in name.lower()[1:]]  # fmt: skip
    if not ways:
        return None
    a, b = rng.choice(ways)
    at = name.lower().index(a, 1)
    return name[:at] + b + name[at + len(a) :]


def _after(
    *changes: Callable[[random.Random, str], str | None],
) -> Callable[[random.Random, str], str | None]:
    def change(rng: random.Random, name: str) -> str | None:
        now: str | None = name
        for one in changes:
            now = one(rng, now) if now else None
        return now

    return change


_COMPANY: dict[str, Callable[[random.Random, str], str | None]] = {
    "form_dropped": _form_dropped, "form_changed": _form_changed, "form_added": _form_added,
    "form_first": _form_first, "abbreviated": _abbreviated, "cut_short": _cut_short, "city_dropped": _city_dropped,
    "city_added": _city_added, "rotated": _rotated, "shuffled": _shuffled, "common_dropped": _common_dropped,
    "spaced": _spaced, "marks": _marks, "accents": _accents, "short_name": _short_name,
    "brackets_gone": _brackets_gone, "typo_drop": _typo("drop"), "typo_swap": _typo("swap"),
    "typo_double": _typo("double"), "typo_key": _typo("key"), "typo_first": _typo("first"), "two_typos": _two_typos,
    "truncated": _truncated, "look_alike": _look_alike, "respelt": _respelt,
    "form_and_typo": _after(_form_changed, _typo("swap")), "short_and_city": _after(_abbreviated, _city_dropped),
    "short_and_rotated": _after(_abbreviated, _rotated), "form_and_respelt": _after(_form_dropped, _respelt),
}  # fmt: skip


# -- ways of writing a person's name

_SOUNDS = (("ov", "off"), ("iy", "y"), ("ey", "ei"), ("kh", "h"), ("ya", "ia"), ("yu", "iu"), ("ou", "u"), ("oo", "u"),
           ("ss", "s"), ("mm", "m"), ("ee", "i"), ("ks", "x"), ("j", "dj"), ("q", "k"), ("z", "s"), ("w", "v"),
           ("sch", "sh"), ("ll", "l"), ("e", "i"))  # fmt: skip


def _person_parts(name: str) -> tuple[list[str], list[str]] | None:
    last, comma, first = name.partition(",")
    if not comma or "," in first or "(" in name:
        return None
    return last.split(), first.split()


def _natural(rng: random.Random, name: str) -> str | None:
    parts = _person_parts(name)
    return " ".join((*parts[1], *parts[0])).title() if parts and parts[1] else None


def _middle_dropped(rng: random.Random, name: str) -> str | None:
    parts = _person_parts(name)
    if not parts or len(parts[1]) < 2 or len(parts[0]) > 1:
        return None
    return f"{parts[1][0]} {parts[0][0]}".title()


def _middle_initial(rng: random.Random, name: str) -> str | None:
    parts = _person_parts(name)
    if not parts or len(parts[1]) < 2:
        return None
    first, *rest = parts[1]
    return " ".join((first, *(f"{word[0]}." for word in rest), *parts[0])).title()


def _other_sound(rng: random.Random, name: str) -> str | None:
    text = _natural(rng, name)
    if text is None:
        return None
    low = text.lower()
    ways = [(a, b) for a, b in _SOUNDS if a in low[1:]]
    if not ways:
        return None
    a, b = rng.choice(ways)
    at = low.index(a, 1)
    return (low[:at] + b + low[at + len(a) :]).title()


def _person_typo(rng: random.Random, name: str) -> str | None:
    text = _natural(rng, name)
    return _typo(rng.choice(("drop", "swap", "double")))(rng, text) if text else None


_PERSON: dict[str, Callable[[random.Random, str], str | None]] = {
    "person_natural": _natural, "person_middle_dropped": _middle_dropped, "person_middle_initial": _middle_initial,
    "person_other_sound": _other_sound, "person_typo": _person_typo, "person_cyrillic": lambda rng, name: (
        _cyrillic(rng, _natural(rng, name) or "?")),
}  # fmt: skip


def _vessel(rng: random.Random, name: str) -> str | None:
    words = name.split()
    at = _long_word(rng, words)
    if at is None:
        return None
    return rng.choice(("M/V ", "MV ", "MT ", "M.V. ", "")) + (
        _typo(rng.choice(("drop", "swap")))(rng, name) or name
    )


# -- names that nobody listed has

_SYLLABLES = ["hua", "xin", "tai", "long", "rui", "sheng", "feng", "yuan", "qi", "bo", "jia", "heng", "kai", "lian",
              "ming", "zhi", "hong", "da", "wei", "jun", "rong", "ke", "nuo", "cheng", "yi", "tong", "bang", "han"]  # fmt: skip
_PARTS = [
    "vek",
    "tor",
    "al",
    "mir",
    "sil",
    "kan",
    "dor",
    "pel",
    "ras",
    "tek",
    "nov",
    "gal",
    "ber",
    "lum",
    "zor",
    "fin",
]


def _new_word(rng: random.Random, word: str, chinese: bool) -> str:
    parts = rng.sample(_SYLLABLES if chinese else _PARTS, 2 if len(word) < 9 else 3)
    return "".join(parts).capitalize()


def make_queries(list_: PartyList, held: Sequence[Entry], seed: int = 7, each: int = 120) -> list[Made]:
    """Return queries of every kind, `each` of a kind where the list has so many, in a fixed order."""
    rng = random.Random(seed)
    entries = list(list_.entries)
    companies = [
        entry for entry in entries
        if entry.kind in (None, "entity") and entry.list in ("EL", "MEU", "UVL", "CMIC", "SDN", "ISN", "NS-MBS", "SSI")
        and entry.name.isascii() and len(entry.name) < 120
    ]  # fmt: skip
    # SDN holds five times as many as the lists of exports; they count half each here.
    companies = [entry for entry in companies if entry.list != "SDN" or _part(entry) < 0.25]
    firms = [entry for entry in companies if len(words_of(entry.name)) > 1]
    persons = [entry for entry in entries if entry.kind == "person" and entry.name.isascii()]
    vessels = [entry for entry in entries if entry.kind == "vessel" and len(entry.name) > 5]
    same: dict[str, list[str]] = {}
    for entry in entries:
        for name in (entry.name, *entry.aliases):
            same.setdefault(_key(name), []).append(entry.id)
    made: list[Made] = []

    def add(kind: str, pool: Sequence[Entry], change: Callable[[random.Random, str], str | None]) -> None:
        for entry in rng.sample(pool, min(len(pool), each * 12)):
            if sum(one.kind == kind for one in made[-each:]) >= each:
                break
            query = change(rng, entry.name)
            if query and _key(query):
                expected = dict.fromkeys((*same[_key(entry.name)], *same.get(_key(query), ())))
                made.append(Made(query, tuple(expected), kind, _aside(entry)))

    for kind, change in _COMPANY.items():
        add(kind, firms, change)
    add("script_cyrillic", [entry for entry in firms if "RU" in entry.countries], _cyrillic)
    for kind, change in _PERSON.items():
        add(kind, persons, change)
    add("vessel", vessels, _vessel)

    def no(kind: str, entry: Entry, query: str | None) -> None:
        if query and _key(query) not in same:
            made.append(Made(query, (), kind, _aside(entry)))

    frequency = Counter(word.text for entry in entries for name in (entry.name, *entry.aliases)
                        for word in {word.text: word for word in words_of(name)}.values())  # fmt: skip
    for entry in held:
        if entry.kind in (None, "entity") and entry.list != "DPL" and entry.name.isascii():
            proper = [word.text for word in words_of(entry.name) if word.kind == "name"]
            # A held-out firm of a listed group would rightly be met by its sisters.
            if proper and min(frequency[word] for word in proper) == 0:
                no("held_out", entry, entry.name)
    for entry in rng.sample(firms, each * 3):
        sorts = _sorts(entry.name)
        proper = [at for at, (_, sort) in enumerate(sorts) if sort == "name"]
        if proper and len(sorts) >= 3:
            chinese = bool({"CN", "HK", "TW"} & set(entry.countries))
            words = [word for word, _ in sorts]
            for at in proper:
                words[at] = _new_word(rng, words[at], chinese)
            no("new_word", entry, " ".join(words))
            if len(proper) > 1:
                one = [word for word, _ in sorts]
                at = rng.choice(proper)
                one[at] = _new_word(rng, one[at], chinese)
                no("one_word_changed", entry, " ".join(one))
    for entry in rng.sample(companies, len(companies)):
        found = re.search(r"\b(\d{2,4})(st|nd|rd|th)?\b", entry.name)
        if found and sum(one.kind == "other_number" for one in made) < each // 2:
            number = int(found.group(1)) + rng.choice((300, 411, 520, 77))
            suffix = "th" if found.group(2) else ""
            no(
                "other_number",
                entry,
                f"{entry.name[: found.start()]}{number}{suffix}{entry.name[found.end() :]}",
            )
    everyone = [parts for entry in persons if (parts := _person_parts(entry.name)) and parts[1]]
    for entry in rng.sample(persons, each * 2):
        one, other = rng.choice(everyone), rng.choice(everyone)
        no("recombined", entry, " ".join((*other[1], *one[0])).title())
    known = lexicon().single
    words = [way.title() for way, (kind, reads) in known.items() if kind == "generic" and way == reads]
    places = [way.title() for way, (kind, reads) in known.items() if kind == "place" and way == reads]
    for entry in rng.sample(companies, each):
        query = " ".join(rng.sample(words, rng.choice((2, 3)))) + " " + rng.choice(_FORMS)
        no("common_words", entry, f"{rng.choice(places)} {query}" if rng.random() < 0.5 else query)
    for party in load_catalog().parties.values():
        proper = [word.text for word in words_of(party.name) if word.kind == "name"]
        if proper and not any(frequency[word] for word in proper) and party.name.isascii():
            no(
                "not_listed",
                entries[len(party.name)],
                f"{party.name} {rng.choice(('', 'Inc.', 'Co., Ltd.'))}".strip(),
            )
    return made


def _key(name: str) -> str:
    return " ".join(sorted(word.text for word in words_of(name) if word.kind not in ("form", "stop")))
