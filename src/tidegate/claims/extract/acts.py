"""What governments do about controls, as a sentence says it: the words, the stage, whether it lies ahead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from tidegate import data
from tidegate.claims.extract.grammar import (
    SUBJECTS, governor_of, governors, is_negated, is_verb, lemma_of, modal_of, phrase_of, subjects_of,
)  # fmt: skip
from tidegate.claims.extract.story import Sentence
from tidegate.claims.extract.who import names_on, whos_of
from tidegate.records import read_yaml_fast

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["Act", "find_acts"]


@dataclass(frozen=True, slots=True)
class Act:
    """One act about a control in a sentence.

    head: the word that carries it. noun: the control it is about, where a noun names it. verb: what is done;
    None for a control that is merely mentioned. top: the outermost verb that governs it, whose subject does
    it. sort: the class of the noun, or 'flow' where goods or parties are the object. doing: the class of the
    verb. asked: the verb of asking where another party is asked. relation: whether the noun is the verb's
    'object' or 'subject'.
    """

    head: Token
    noun: Token | None
    verb: Token | None
    top: Token | None
    stage: str
    sort: str
    doing: str | None = None
    relation: str = ""
    future: bool = False
    asked: Token | None = None


@cache
def _lexicon() -> Mapping[str, Any]:
    words: Mapping[str, Any] = read_yaml_fast(data.VOCABULARY / "acts.yaml")
    return words


@cache
def _inverse(section: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, words in _lexicon()[section].items():
        for word in words:
            found.setdefault(str(word), []).append(key)
    return {word: tuple(keys) for word, keys in found.items()}


def find_acts(sentence: Sentence) -> list[Act]:
    """Return the acts of a sentence, in the order of their words."""
    acts: list[Act] = []
    used: set[int] = set()
    for token in sentence.span:
        sort = _sort_of(sentence, token)
        for act in _of_noun(token, sort) if sort is not None else ():
            acts.append(act)
            if act.verb is not None:
                used.add(act.verb.i)
    for token in sentence.span:
        if is_verb(token) and token.i not in used and (act := _of_verb(sentence, token)) is not None:
            acts.append(act)
    acts = [act for act in acts if not any(_describes_a_rule(act, other) for other in acts)]
    kept = [act for act in acts if not any(_contains(outer, act) for outer in acts if outer is not act)]
    governed = [ahead for act in _without_doubles(kept) if (ahead := _governed(sentence, act)) is not None]
    return sorted(governed, key=lambda act: act.head.i)


def _sort_of(sentence: Sentence, token: Token) -> str | None:
    """Return the class of a noun that speaks of a control; None for any other token."""
    if token.lower_ in ("those", "ones") and _described_by(token)[0] is not None:
        return "control"
    if token.pos_ not in ("NOUN", "PROPN") or token.dep_ == "compound":
        return None
    if any(child.lower_ in ("daily", "speed", "age", "price") for child in token.lefts):
        return None
    lemma = token.lemma_.lower()
    if lemma in ("list", "blacklist"):
        words = " ".join(part.lower_ for part in phrase_of(token))
        if lemma == "blacklist" or any(word in words for word in _LISTS):
            return "list"
        verb, _ = _ruled_by(token)
        is_moved = verb is not None and verb.lemma_.lower() in ("add", "place", "put", "remove", "include")
        return "list" if is_moved and names_on(sentence, sentence.span) else None
    if lemma in ("probe", "investigation", "inquiry", "review"):
        return "probe" if _PROBES.search(" ".join(part.text for part in token.subtree)) else None
    if any(part.lemma_.lower() in _BREACHES for part in token.ancestors if part.pos_ == "NOUN"):
        return None
    for sort in _inverse("nouns").get(lemma, ()):
        if sort == "talks" and not _names_states(sentence):
            continue
        if lemma in ("meeting", "discussion", "consultation", "dialogue") and not _BETWEEN.search(
            sentence.text
        ):
            continue
        if lemma == "act" and not _IN_PARLIAMENT.search(sentence.text):
            continue
        if sort in _NEEDING and not _is_of_the_trade(sentence, token):
            verb = governor_of(token)
            if (
                sort != "licence"
                or verb is None
                or not set(_inverse("verbs").get(lemma_of(verb), ())) & {"grant", "revoke"}
            ):
                continue
        return "control" if sort == "weak" else sort
    return None


def _names_states(sentence: Sentence) -> bool:
    """Return whether a sentence names states, or allies."""
    return bool(sentence.named("country")) or any(token.lemma_.lower() == "ally" for token in sentence.span)


_BETWEEN = re.compile(r"(?i)\b(?:with|between|delegations|sides|leaders|negotiators)\b")
_IN_PARLIAMENT = re.compile(
    r"(?i)\b(?:bill|legislation|lawmakers?|introduced?|passage|passed|would|senat\w+|congress)\b"
)
_PROBES = re.compile(
    r"(?i)anti-?trust|anti-?dumping|anti-?monopoly|discriminat|security|section \d|cyber|subsid"
)
_BREACHES = frozenset(("violation", "breach", "evasion", "circumvention", "compliance"))

_NEEDING = frozenset(("weak", "bill", "probe", "subsidy", "licence", "asking"))
"""Classes whose nouns mean a control only beside a word of the trade."""

_LISTS = (
    "entity",
    "unverified",
    "unreliable",
    "trade",
    "black",
    "military end",
    "export control",
    "sanction",
    "restrict",
)


def _is_of_the_trade(sentence: Sentence, token: Token) -> bool:
    """Return whether a noun's own phrase, or what it is about, names something of the trade."""
    words = phrase_of(token)
    verb, _ = _ruled_by(token)
    if verb is not None and set(_inverse("verbs").get(lemma_of(verb), ())) & _PUBLISHING:
        words = [
            *words,
            *(one for child in verb.children if child.dep_ in ("prep", "dobj") for one in child.subtree),
        ]
    for child in token.children:
        if child.dep_ in ("acl", "relcl", "appos"):
            words = [*words, *child.subtree]
    if any(word.lemma_.lower() in _TRADE for word in words if word != token):
        return True
    return bool(names_on(sentence, words, "item"))


_PUBLISHING = frozenset(("announce", "impose", "lift", "suspend", "propose"))

_TRADE = frozenset(
    ("export", "import", "trade", "chip", "license", "licence", "licensing", "tariff", "semiconductor", "diffusion", "tier", "sale",
     "shipment", "foreign", "control", "fdpr", "affiliate", "entity", "purchase", "procurement", "dual", "supplier", "restriction", "state", "chipmaking", "servicing", "maintenance",
     "curb", "restrict", "equipment", "technology", "tech", "antitrust", "anti", "dumping", "monopoly", "discrimination", "antidumping",
     "section", "presumption")
)  # fmt: skip


def _of_noun(noun: Token, sort: str) -> list[Act]:
    """Return the acts of a control noun: by the verb that describes it, and by the one that governs it."""
    acts = []
    for verb, relation in dict.fromkeys((_described_by(noun), _ruled_by(noun))):
        classes = _inverse("verbs").get(lemma_of(verb), ()) if verb is not None else ()
        if verb is not None and _takes_effect(verb):
            classes = ("effective",)
        stage, doing = _stage(sort, classes, relation)
        if verb is not None and stage is not None:
            acts.append(Act(noun, noun, verb, verb, stage, sort, doing, relation))
    if len(acts) == 2 and (acts[1].doing in ("stand", "restrict", acts[0].doing) and not _is_asked(acts[1])):
        acts = acts[:1]
    for token in noun.ancestors if not acts else ():
        if token.dep_ == "pobj" or token.lower_ in ("of", "on", "to"):
            continue
        stage = _NOMINAL.get(token.lemma_.lower())
        if stage is not None and sort != "licence":
            acts.append(Act(noun, noun, None, governor_of(token), stage, sort))
        break
    if not acts and sort in _MENTIONED:
        acts.append(Act(noun, noun, None, governor_of(noun), _MENTIONED[sort], sort))
    return acts


_NOMINAL = {
    "reversal": "lifted", "lifting": "lifted", "removal": "lifted", "rollback": "lifted", "withdrawal": "lifted",
    "easing": "eased", "relaxation": "eased", "loosening": "eased", "suspension": "suspended", "pause": "suspended",
    "postponement": "suspended", "delay": "suspended", "expansion": "in_force", "tightening": "in_force",
    "imposition": "in_force", "announcement": "announced",
}  # fmt: skip
"""Stage that a noun gives to the control it is of: 'the reversal of the ban'."""

_MENTIONED = {
    "control": "in_force",
    "list": "in_force",
    "deal": "agreed",
    "bill": "proposed",
    "asking": "urged",
}
"""Stage of a control that is merely mentioned: it is there."""


def _is_asked(act: Act) -> bool:
    """Return whether an act is only hoped for, asked or weighed."""
    inner = act.verb if act.verb is not None else act.head
    return any(_inverse("operators").get(verb.lemma_.lower()) for verb in governors(inner))


def _described_by(noun: Token) -> tuple[Token | None, str]:
    """Return the verb that describes a noun: 'restrictions imposed by', 'limits the US has placed'."""
    is_licence = "licence" in _inverse("nouns").get(noun.lemma_.lower(), ())
    for child in noun.children:
        if child.dep_ in ("acl", "relcl") and is_verb(child):
            known = set(_inverse("verbs").get(lemma_of(child), ())) & (_GIVING if is_licence else _DESCRIBING)
            is_to = any(grand.tag_ == "TO" for grand in child.children)
            has_subject = any(
                grand.dep_ == "nsubj" and grand.lower_ not in ("that", "which") for grand in child.children
            )
            if known and not is_to and (child.tag_ in ("VBN", "VBD") or has_subject):
                return child, "object"
    return None, ""


def _ruled_by(noun: Token) -> tuple[Token | None, str]:
    """Return the verb whose subject or object a noun is, and which."""
    current = noun
    while current.head != current:
        up, dep = current.head, current.dep_
        if is_verb(up):
            if dep in ("nsubj", "csubj"):
                return up, "subject"
            return (None, "") if dep in ("advcl", "ccomp") else (up, "object")
        if dep in ("relcl", "acl"):
            return None, ""
        if up.pos_ in ("NOUN", "PROPN") and dep == "prep" and up.lemma_.lower() not in _CARRIERS:
            return None, ""
        if dep == "prep" and up.pos_ not in ("NOUN", "PROPN", "ADP", "NUM", "PRON", "DET"):
            return None, ""
        current = up
    return None, ""


_GIVING = frozenset(("grant", "revoke", "suspend"))

_DESCRIBING = frozenset(
    ("impose", "announce", "restrict", "lift", "ease", "suspend", "propose", "agree", "grant")
)

_CARRIERS = frozenset(
    ("series", "set", "number", "package", "round", "range", "raft", "slew", "wave", "scope", "list", "part", "aspect", "several",
     "some", "implementation", "enforcement", "expansion", "suspension", "lifting", "easing", "relaxation", "imposition", "talk",
     "discussion", "use", "form", "batch", "majority", "most", "change", "update")
)  # fmt: skip


def _stage(sort: str, classes: tuple[str, ...], relation: str) -> tuple[str | None, str | None]:
    """Return the stage of a noun with its verb, and the class of the verb that gives it."""
    pairs = _lexicon()["pairs"]
    if sort == "list":
        doing = next((name for name in classes if relation == "object" and name in _ON_LIST), None)
        return (_ON_LIST[doing], doing) if doing else (None, None)
    if sort == "talks":
        return ("considering", "consider") if relation else (None, None)
    if sort in ("probe", "subsidy"):
        return "in_force", "impose"
    if sort == "bill":
        return "proposed", "propose"
    if sort == "asking":
        return "urged", "urge"
    if relation == "subject" and "effective" in classes:
        return "in_force", "stand"
    if relation == "subject":
        return (pairs["stand"].get(sort), "stand") if "stand" in classes else (None, None)
    order = ("require", "revoke", "grant", "ease", "lift") if sort == "licence" else ()
    for doing in (*(name for name in order if name in classes), *classes):
        stage = pairs.get(doing, {}).get(sort)
        if stage is not None and doing != "stand":
            return stage, doing
    return None, None


_ON_LIST = {
    "impose": "in_force", "restrict": "in_force", "announce": "announced", "lift": "lifted", "consider": "considering",
    "propose": "proposed", "urge": "urged",
}  # fmt: skip


def _of_verb(sentence: Sentence, verb: Token) -> Act | None:
    """Return the act of a verb that stops or frees goods, sales or parties themselves."""
    classes = _inverse("verbs").get(lemma_of(verb), ())
    if "discourage" in classes and _is_discouraging(sentence, verb):
        return Act(verb, None, verb, verb, "in_force", "flow", "discourage")
    if verb.lemma_.lower() in ("pay", "share", "hand", "give", "surrender", "remit") and _is_a_cut(verb):
        return Act(verb, None, verb, verb, "agreed", "cut", "agree")
    if _takes_effect(verb) and any(
        child.dep_ in ("nsubj", "nsubjpass") and child.pos_ == "PRON" for child in verb.children
    ):
        return Act(verb, None, verb, None, "in_force", "effect", "stand", "subject")
    if "seize" in classes and names_on(sentence, verb.subtree, "party"):
        return Act(verb, None, verb, verb, "in_force", "flow", "seize")
    if "hit" in classes and _tells_whom(sentence, verb):
        return Act(verb, None, verb, verb, "in_force", "hit", "hit", "subject")
    if "urge" in classes and _is_asking(sentence, verb):
        return Act(verb, None, verb, verb, "urged", "flow", "urge")
    if (
        verb.lemma_.lower() in ("add", "remove", "delist")
        and any(
            token.lemma_.lower() in ("entity", "company", "firm")
            for child in verb.children
            for token in [child]
            if child.dep_ in ("dobj", "nsubjpass")
        )
        and _LISTED.search(sentence.text)
    ):
        return Act(
            verb, None, verb, verb, "lifted" if verb.lemma_ == "remove" else "in_force", "list", "impose"
        )
    if verb.lemma_.lower() in _SHIPPING and is_negated(verb) and modal_of(verb) in ("can", "could", "may"):
        return Act(verb, None, verb, verb, "in_force", "flow", "barred")
    for doing in classes:
        if doing == "grant" and verb.lemma_.lower() not in _ALLOWING:
            continue
        if doing in _FLOW and next(_objects(sentence, verb), None) is not None:
            return Act(verb, None, verb, verb, _FLOW[doing], "flow", doing)
    return None


def _takes_effect(verb: Token) -> bool:
    """Return whether a verb says that something begins to bind: 'took effect', 'is effective', 'kicks in'."""
    if lemma_of(verb) == "kick in" or (
        verb.lemma_ == "kick" and any(child.lower_ == "in" for child in verb.children)
    ):
        return True
    words = {child.lower_ for child in verb.children} | {
        one.lower_ for child in verb.children if child.dep_ == "prep" for one in child.children
    }
    return verb.lemma_ in ("take", "be", "become", "come", "enter", "go") and bool(
        words & {"effect", "effective", "force"}
    )


def _is_a_cut(verb: Token) -> bool:
    """Return whether a share of sales is paid: 'will pay 15% of the revenue'."""
    words = {token.lemma_.lower() for token in verb.subtree}
    return bool(words & {"%", "percent", "cent", "cut"}) and bool(
        words & {"revenue", "sale", "proceeds", "cut"}
    )


_LISTED = re.compile(r"(?i)\b(?:list|entities|blacklist)\b")
_SHIPPING = frozenset(("ship", "sell", "export", "buy", "purchase", "supply", "import"))


def _tells_whom(sentence: Sentence, verb: Token) -> bool:
    """Return whether a verb says which firms a move of a government hits: 'the measure could affect Sony'."""
    subject = next((child for child in verb.children if child.dep_ == "nsubj"), None)
    if subject is None or subject.lemma_.lower() not in _MOVES:
        return False
    below = [token for child in verb.children if child.dep_ in ("dobj", "prep") for token in child.subtree]
    return bool(names_on(sentence, below, "party")) or any(token.lemma_.lower() in _FIRMS for token in below)


_MOVES = frozenset(("move", "measure", "expansion", "decision", "rule", "policy", "ruling", "restriction", "order", "ban", "curb", "control",
                    "rules", "step", "action", "change", "requirement", "clampdown", "regulation", "directive"))  # fmt: skip
_FIRMS = frozenset(
    (
        "company",
        "firm",
        "chipmaker",
        "manufacturer",
        "supplier",
        "producer",
        "toolmaker",
        "maker",
        "automaker",
    )
)


def _is_asking(sentence: Sentence, verb: Token) -> bool:
    """Return whether a government asks another party for something in the trade."""
    if verb.lemma_.lower() not in _ASKING:
        return False
    subjects = [child for child in verb.children if child.dep_ == "nsubj"]
    if not subjects or not any(
        name.kind == "country" for name in names_on(sentence, [t for one in subjects for t in phrase_of(one)])
    ):
        return False
    asked = [child for child in verb.children if child.dep_ in ("dobj", "dative")]
    if not names_on(sentence, [t for one in asked for t in one.subtree]) and not any(
        t.lemma_ == "ally" for t in asked
    ):
        return False
    below = list(verb.subtree)
    return any(token.lemma_.lower() in _DEALINGS for token in below) or bool(
        names_on(sentence, below, "item")
    )


_ASKING = frozenset(
    (
        "ask",
        "urge",
        "press",
        "pressure",
        "lobby",
        "persuade",
        "request",
        "convince",
        "push",
        "call",
        "implore",
    )
)


def _is_discouraging(sentence: Sentence, verb: Token) -> bool:
    """Return whether a verb tells firms to leave buying or using something."""
    lemmas = {token.lemma_.lower() for token in verb.subtree}
    lexicon = _lexicon()
    return (
        bool(lemmas & set(lexicon["buying"]))
        and bool(lemmas & set(lexicon["leaving"]))
        and bool(names_on(sentence, verb.subtree, "item"))
    )


_FLOW = {
    "restrict": "in_force",
    "ease": "eased",
    "suspend": "suspended",
    "require": "in_force",
    "grant": "eased",
}


def _objects(sentence: Sentence, verb: Token) -> Iterator[Token]:
    """Yield the words a verb acts on that are goods, firms, or dealings in them."""
    for child in verb.subtree:
        if child == verb or child.dep_ in ("punct", "det") or (child.dep_ == "nsubj" and child.head == verb):
            continue
        inner = governor_of(child)
        if inner is not None and inner != verb and _is_other_clause(inner, verb):
            continue
        if child.lemma_.lower() in _DEALINGS or names_on(sentence, [child], "item"):
            yield child


def _is_other_clause(inner: Token, verb: Token) -> bool:
    """Return whether a verb below another opens a thought of its own."""
    if inner.dep_ == "conj":
        return inner.head == verb and any(child.dep_ in SUBJECTS for child in inner.children)
    return inner.dep_ in ("relcl", "advcl", "ccomp", "parataxis")


_DEALINGS = frozenset(
    ("export", "sale", "shipment", "purchase", "access", "supply", "import", "procurement", "ship", "sell", "buy", "license",
     "licence", "flow", "delivery", "ability", "citizen", "american", "procure", "huawei", "smic")
)  # fmt: skip


def _contains(outer: Act, inner: Act) -> bool:
    """Return whether an act is only what another act is about: 'revoked licences allowing it to buy'."""
    tops = [token for token in (outer.noun, outer.verb) if token is not None]
    if inner.head in tops or (inner.noun is not None and inner.noun in tops):
        return inner.noun is None and outer.noun is not None and inner.verb == outer.verb
    current = inner.noun if inner.noun is not None else inner.verb
    assert current is not None
    start = current
    while current.head != current:
        if _separates(current, start, inner):
            return False
        current = current.head
        if current in tops:
            return not (inner.verb is not None and outer.verb == inner.verb and inner.noun is not None)
    return False


_APART = frozenset(
    ("after", "amid", "despite", "following", "because", "since", "while", "although", "though", "as", "when", "once", "before",
     "exchange", "due", "response", "alongside", "under", "over", "by", "beside", "besides", "addition", "until", "with")
)  # fmt: skip


def _separates(token: Token, start: Token, inner: Act) -> bool:
    """Return whether the step up from a token leaves the thought it belongs to."""
    dep = token.dep_
    if dep in ("parataxis",):
        return True
    if dep == "prep" and token.lower_ in _APART:
        return True
    if dep == "advcl":
        return not any(child.tag_ == "TO" for child in token.children)
    own = [child for child in token.children if child.dep_ in ("nsubj", "nsubjpass")]
    if dep == "conj":
        return is_verb(token) and (bool(own) or inner.verb == token or inner.noun is token)
    if dep == "relcl":
        return bool(own) and own[0].lower_ not in ("that", "which", "who") or token.tag_ in ("VBD",)
    if dep == "acl" and token.tag_ == "VBN":
        return True
    return dep == "ccomp" and bool(own)


def _describes_a_rule(outer: Act, inner: Act) -> bool:
    """Return whether an act only publishes a rule that another act says to ease, lift or suspend controls."""
    if outer.doing != "announce" or outer.noun is None or inner is outer or inner.verb is None:
        return False
    return inner.stage in ("eased", "lifted", "suspended") and inner.verb in outer.noun.subtree


def _without_doubles(acts: list[Act]) -> list[Act]:
    """Return the acts with one for each verb where its objects are joined by 'and'."""
    kept: list[Act] = []
    for act in sorted(acts, key=lambda act: act.head.i):
        twin = next(
            (
                other
                for other in kept
                if other.verb is not None and other.verb == act.verb and other.sort == act.sort
            ),
            None,
        )
        if twin is not None and act.noun is not None and twin.noun is not None:
            if act.noun in twin.noun.subtree or act.noun in twin.noun.conjuncts:
                continue
        kept.append(act)
    return kept


def _governed(sentence: Sentence, act: Act) -> Act | None:
    """Return an act with the stage that the verbs above it give; None where the story denies or only asks it."""
    inner = act.verb if act.verb is not None else act.head
    stage, future, top, asked = act.stage, False, act.top, None
    describes = act.noun is not None and act.verb is not None and act.verb.head == act.noun
    chain = [] if describes else list(governors(inner))
    if any(up.lemma_.lower() in ("deny", "dismiss", "refute") for up in inner.ancestors):
        return None
    done = [verb for verb in (act.verb, *chain) if verb is not None and is_verb(verb)]
    if any(is_negated(verb) for verb in done):
        barred = act.doing == "barred" or (
            act.doing in ("ease", "grant") and act.verb is not None and act.verb.lemma_.lower() in _ALLOWING
        )
        if not barred:
            return None
        return replace(act, stage="in_force", doing="barred")
    if (
        any(
            child.lower_ in ("whether", "if") and child.dep_ == "mark"
            for verb in done
            for child in verb.children
        )
        and stage != "considering"
    ):
        stage, future = "considering", True
    if any(verb.lemma_.lower() in _PURPOSES and _is_passive(verb) for verb in chain):
        return None
    below = inner
    for verb in chain:
        lemma = verb.lemma_.lower()
        for operator in _inverse("operators").get(lemma, ()) or _inverse("operators").get(lemma_of(verb), ()):
            if operator == "ahead":
                future = True
            elif operator == "urged" and not _is_governments(sentence, verb):
                return None
            elif operator != "announced" or not any(child.dep_ in SUBJECTS for child in below.children):
                stage = operator
                asked = verb if operator == "urged" else asked
        if lemma in ("want", "seek", "expect", "get", "push") and _others_act(sentence, verb, below):
            stage, asked, future = "urged", verb, False
        if is_verb(verb) and lemma not in _SAYING:
            top = verb
        below = verb
    if act.doing == "urge":
        asked = act.verb
    modals = {modal for verb in done if (modal := modal_of(verb))} if act.verb is not None else set()
    if (
        act.sort == "licence"
        and act.doing == "grant"
        and (modals & {"must", "should"} or any(verb.lemma_ in ("need", "require", "have") for verb in chain))
    ):
        stage = "in_force"
    elif act.relation == "subject" and modals:
        future = True
    elif modals & {"may", "might", "could"} and stage not in ("urged", "considering", "proposed"):
        stage, future = "considering", True
    elif modals & {"will", "would", "shall", "'ll", "wo"}:
        future = stage not in ("urged", "refused", "announced")
        if stage == "in_force" and any(
            verb.lemma_ in ("say", "announce", "state", "confirm") for verb in chain
        ):
            # What an authority says that it will do is announced by its saying so.
            stage, future = "announced", False
    if stage in ("considering", "proposed"):
        future = not any(
            child.lemma_ == "have" and child.tag_ == "VBD" for verb in done for child in verb.children
        )
    return replace(act, stage=stage, future=future, top=top, asked=asked)


def _others_act(sentence: Sentence, verb: Token, below: Token) -> bool:
    """Return whether what a state wants is that another state acts: 'officials want Seoul to restrict'."""
    wanted = [
        child
        for child in (*below.children, *verb.children)
        if child.dep_ in ("nsubj", "dobj") and child.head in (below, verb)
    ]
    others = {
        who.id
        for who in whos_of(sentence, [one for one in wanted if one.head == below or one.dep_ == "dobj"])
        if who.sort == "state"
    }
    mine = {
        who.id
        for who in whos_of(sentence, [child for child in verb.children if child.dep_ == "nsubj"])
        if who.sort == "state"
    }
    return bool(mine and others - mine)


_PURPOSES = frozenset(("aim", "design", "intend", "mean", "seek"))
"""Verbs after which, in the passive, stands what a control is for: not an act of its own."""


def _is_passive(verb: Token) -> bool:
    return verb.tag_ == "VBN" and not any(child.lemma_ == "have" for child in verb.children)


def _is_governments(sentence: Sentence, verb: Token) -> bool:
    """Return whether a state asks: firms that ask for something oppose or support."""
    subjects = [token for token in subjects_of(verb) if token.pos_ != "PRON"]
    if not subjects:
        return True
    return any(who.sort == "state" for who in whos_of(sentence, subjects))


_ALLOWING = frozenset(("allow", "permit", "authorize", "authorise", "approve", "let", "clear", "license"))

_SAYING = frozenset(
    ("say", "tell", "report", "note", "add", "state", "announce", "confirm", "claim", "suggest", "warn", "write", "believe",
     "stress", "argue", "emphasize", "indicate", "show", "reveal", "comment", "communicate", "expect", "remark", "cite")
)  # fmt: skip
