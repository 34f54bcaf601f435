"""Whether an act, done by someone to something, is a response, and of which stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tidegate.claims.extract.grammar import governor_of, lemma_of
from tidegate.claims.extract.response_acts import ReAct
from tidegate.claims.extract.response_words import lemmas_of, words
from tidegate.claims.extract.story import Sentence
from tidegate.claims.extract.who import names_on

__all__ = ["Case", "stage_of"]


@dataclass(frozen=True, slots=True)
class Case:
    """An act with those who do it: slugs and codes, of them the states, and whose words it is told in."""

    sentence: Sentence
    act: ReAct
    actors: tuple[str, ...]
    source: tuple[str, ...] = ()

    @property
    def by_state(self) -> bool:
        """Whether a state is among those who act."""
        return any((len(actor) == 2 and actor.isupper()) or actor == "allies" for actor in self.actors)

    @property
    def by_firm(self) -> bool:
        """Whether none of those who act is a state."""
        return not self.by_state

    @property
    def has_item(self) -> bool:
        """Whether the act is done to goods of the catalog."""
        return bool(names_on(self.sentence, self.act.scope, "item"))


def stage_of(case: Case) -> str | None:
    """Return the stage of an act; None where it is no response."""
    if not case.actors:
        return None
    for stage in case.act.stages:
        if _FITS[stage](case, case.act.lemmas):
            return "other" if stage == "complied" and _is_answer(case) else stage
    return None


def _is_answer(case: Case) -> bool:
    """Return whether a firm only says that it has always kept the law: an answer to who says otherwise."""
    word = case.act.word
    return word.tag_ in ("VBD", "VBN", "VBZ") and "law" in case.act.lemmas and "export" not in case.act.lemmas


def _deals(case: Case, lemmas: set[str]) -> bool:
    """Return whether dealings are stopped, cut or taken up again, and not a rule or a share."""
    dealt = lemmas & words("dealings") or case.has_item
    direct = {
        child.lemma_.lower()
        for child in case.act.word.children
        if child.dep_ in ("dobj", "nsubjpass", "nsubj", "pobj", "attr")
    }
    if not dealt or direct & words("not_dealings"):
        return False
    if (
        "percent" in lemmas
        or "%" in lemmas
        or (case.act.flows and any(token.like_num for token in case.act.scope))
    ):
        return False
    # A state that stops others from dealing takes a measure; one that buys less responds.
    return case.by_firm or bool(lemmas & {"purchase", "buy", "import", "order", "buying"})


def _halts(case: Case, lemmas: set[str]) -> bool:
    if case.act.word.lemma_.lower() == "block" and not case.act.flows:
        return False
    if case.act.denied:
        return case.by_firm and (case.has_item or bool(lemmas & words("dealings")))
    if case.act.word.lemma_.lower() in ("ship", "sell", "buy", "purchase", "obtain", "deliver"):
        return case.by_firm and (case.has_item or bool(lemmas & words("supplies")))
    if case.act.word.lemma_.lower() == "end" and case.act.word.pos_ == "VERB" and not case.act.flows:
        objects = [child for child in case.act.word.children if child.dep_ == "dobj"]
        return bool(objects) and _deals(case, lemmas)
    return case.by_firm and _deals(case, lemmas)


def _moves_staff(case: Case, lemmas: set[str]) -> bool:
    return case.by_firm and bool(lemmas & words("staff"))


def _stockpiles(case: Case, lemmas: set[str]) -> bool:
    near = case.has_item or bool(lemmas & words("supplies"))
    if case.act.word.lemma_.lower() in ("rush", "scramble"):
        near = near and (
            case.act.word.pos_ == "NOUN"
            or bool(lemmas & {"buy", "secure", "order", "purchase", "stock", "lock", "stockpile", "import"})
        )
    return near


_NEW = frozenset(
    (
        "design",
        "redesign",
        "tailor",
        "tweak",
        "modify",
        "adapt",
        "downgrade",
        "engineer",
        "customize",
        "customise",
    )
)


def _redesigns(case: Case, lemmas: set[str]) -> bool:
    is_made = case.has_item or bool(
        lemmas & {"version", "variant", "chip", "product", "model", "alternative"}
    )
    if not case.by_firm or not is_made or not lemmas & words("markets"):
        return False
    if case.act.word.lemma_.lower() in _NEW:
        return True
    made = [child for child in case.act.word.children if child.dep_ in ("dobj", "nsubjpass")]
    if not names_on(case.sentence, [token for child in made for token in child.subtree], "item") and not (
        lemmas_of(made) & {"version", "variant", "chip", "which", "that"} or case.act.word.dep_ == "relcl"
    ):
        return False
    return bool(
        lemmas & {"version", "variant", "comply", "compliant", "meet", "specifically", "fall", "below"}
        or ("for" in lemmas and lemmas & {"china", "chinese"})
    )


def _complies(case: Case, lemmas: set[str]) -> bool:
    if case.act.word.lemma_.lower() in ("comply", "abide", "adhere"):
        above = case.act.word.head.lemma_.lower()
        return (
            case.by_firm
            and bool(lemmas & words("rules"))
            and above not in ("design", "develop", "create", "tailor", "fail", "redesign", "modify", "build")
        )
    if case.act.word.lemma_.lower() == "reach":
        return case.by_firm and "settlement" in lemmas
    if case.act.word.lemma_.lower() == "file":
        return case.by_firm and "application" in lemmas
    return case.by_firm and bool(lemmas & {"license", "licence", "permit", "approval"})


def _opposes(case: Case, lemmas: set[str]) -> bool:
    act = case.act
    if act.word.pos_ == "NOUN":
        return bool(lemmas_of(case.sentence.span) & (words("control") | {"which", "it"}))
    lemma = lemma_of(act.word)
    bare = act.word.lemma_.lower()
    control = bool(lemmas & words("control"))
    if lemma in words("opposed") or bare in words("opposed"):
        return control or bool(case.by_state and lemmas & {"us", "u.s.", "washington", "america"})
    if bare == "lobby" or bare == "press":
        return case.by_firm and bool(lemmas & (words("relief")))
    if bare == "urge" or bare == "call":
        return (
            bool(lemmas & words("relief"))
            and control | bool(lemmas & {"sell", "export", "ship"})
            and case.by_firm
        )
    if bare in ("express", "voice", "raise", "lodge"):
        up = governor_of(act.word)
        prompted = (
            up is not None
            and up.lemma_.lower() in words("prompting")
            and bool(lemmas_of(up.subtree) & words("control"))
        )
        return bool(lemmas & words("opposition")) and (control or prompted)
    if case.by_firm and bare in words("denying") and lemmas & (words("denied") - {"claim", "charge"}):
        return False
    if bare in ("dismiss", "reject", "challenge", "question"):
        return control or bool(lemmas & {"countermeasure"})
    if bare in ("vow", "retaliate"):
        return case.by_state and bool(lemmas & {"countermeasure", "retaliate", "retaliation"})
    if (
        bare == "warn"
        and case.by_firm
        and set(case.source) <= set(case.actors)
        and lemmas & {"product", "result", "revenue", "sale", "quarter"}
    ):
        # What a firm tells its owners of its own risks is no protest.
        return False
    if bare in ("say", "describe") and not lemmas & {
        "unilateral",
        "bullying",
        "malicious",
        "suppression",
        "containment",
        "coercion",
        "groundless",
        "discriminatory",
        "hegemony",
    }:
        return False
    return bool(lemmas & words("harm")) and control


def _supports(case: Case, lemmas: set[str]) -> bool:
    objects = lemmas_of(
        token
        for child in case.act.word.children
        if child.dep_ in ("dobj", "nsubjpass")
        for token in child.subtree
    )
    return case.by_firm and bool(objects & words("control")) and not objects & {"claim", "plan"}


def _builds(case: Case, lemmas: set[str]) -> bool:
    ours = any(actor == "CN" or actor == "cn-companies" for actor in case.actors) or _is_chinese(case)
    aims = lemmas & words("self_reliance")
    if case.act.word.lemma_.lower() in ("reduce", "cut", "lessen", "eliminate"):
        aims = lemmas & {"reliance", "dependence", "dependency"}
    up = governor_of(case.act.word)
    if up is not None and any(child.lemma_ in ("fund", "subsidy") for child in up.children):
        # Money from a state fund is a measure.
        return False
    if case.by_firm and case.has_item and case.act.word.lemma_.lower() in ("build", "construct", "erect"):
        return bool(lemmas & {"plant", "factory", "fab", "facility", "line", "capacity"})
    return ours and bool(aims) and bool(lemmas & words("building"))


def _is_chinese(case: Case) -> bool:
    from tidegate.claims.extract.who import firm_country

    return any(firm_country(actor) == "CN" for actor in case.actors)


def _otherwise(case: Case, lemmas: set[str]) -> bool:
    bare = case.act.word.lemma_.lower()
    if case.act.denied:
        return case.by_firm and bool(lemmas & {"substantiation", "evidence", "proof", "indication"})
    if bare in words("denying"):
        return case.by_firm and bool(lemmas & words("denied"))
    if bare in words("reconsidering"):
        return (
            case.by_firm and bool(lemmas & {"order", "purchase", "investment", "plan"}) and not case.act.flows
        )
    return (
        case.by_firm
        and bool(lemmas & words("moved"))
        and bool(lemmas & {"to", "out", "from", "outside", "away"})
    )


_FITS: Mapping[str, Callable[[Case, set[str]], bool]] = {
    "withdrew_staff": _moves_staff,
    "halted": _halts,
    "reduced": _deals,
    "resumed": _deals,
    "stockpiled": _stockpiles,
    "redesigned": _redesigns,
    "complied": _complies,
    "opposed": _opposes,
    "supported": _supports,
    "invested": _builds,
    "other": _otherwise,
}
