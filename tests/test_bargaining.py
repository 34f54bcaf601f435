"""Games with known answers, through the file, the payoffs and the solvers that games on the ledger go through."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games_made import bimatrix, solved, stored
from tidegate.bargaining.beliefs import signalling_equilibria
from tidegate.bargaining.game import told
from tidegate.bargaining.linking import best_deal
from tidegate.bargaining.offers import cheapest
from tidegate.bargaining.reading import read_game_text
from tidegate.bargaining.repeated import alternation_threshold, grim_threshold, pooled_threshold
from tidegate.errors import BadInputError, MissingExtraError

GAMBIT = "pygambit comes with the extra 'gambit', which compiles it"


def pure(found):
    return {tuple(profile.values()) for profile in found.one_shot.equilibria()}


def mixed(found):
    pytest.importorskip("nashpy", reason="nashpy comes with the extra 'bargaining'")
    return [
        [[round(chance, 6) for chance in own.values()] for own in one.chances.values()]
        for one in found.one_shot.mixed()
    ]


@pytest.mark.parametrize(
    ("one", "other", "equilibria"),
    [
        pytest.param([[3, 0], [5, 1]], [[3, 5], [0, 1]], {("b", "x")}, id="prisoner's dilemma"),
        pytest.param([[2, 0], [0, 1]], [[1, 0], [0, 2]], {("a", "w"), ("b", "x")}, id="battle of the sexes"),
        pytest.param([[1, -1], [-1, 1]], [[-1, 1], [1, -1]], set(), id="matching pennies"),
        pytest.param([[0, -1], [1, -10]], [[0, 1], [-1, -10]], {("a", "x"), ("b", "w")}, id="chicken"),
        pytest.param([[3, 1], [0, 2]], [[2, 1], [0, 3]], {("a", "w"), ("b", "x")}, id="of the example file"),
    ],
)
def test_textbook_games_have_their_equilibria_in_pure_moves(one, other, equilibria):
    assert equilibria == pure(solved(bimatrix(one, other)))


@pytest.mark.parametrize(
    ("one", "other", "chances"),
    [
        pytest.param([[1, -1], [-1, 1]], [[-1, 1], [1, -1]], [[0.5, 0.5], [0.5, 0.5]], id="matching pennies"),
        pytest.param(
            [[2, 0], [0, 1]], [[1, 0], [0, 2]], [[2 / 3, 1 / 3], [1 / 3, 2 / 3]], id="battle of the sexes"
        ),
        pytest.param([[0, -1], [1, -10]], [[0, 1], [-1, -10]], [[0.9, 0.1], [0.9, 0.1]], id="chicken"),
        pytest.param(
            [[3, 1], [0, 2]], [[2, 1], [0, 3]], [[0.75, 0.25], [0.25, 0.75]], id="of the example file"
        ),
    ],
)
def test_textbook_games_have_their_equilibrium_in_mixed_moves(one, other, chances):
    assert [[round(c, 6) for c in own] for own in chances] in mixed(solved(bimatrix(one, other)))


def test_the_dilemma_is_the_only_equilibrium_and_dominated_moves_are_named():
    found = solved(stored("prisoners-dilemma"))

    assert {("defect", "defect")} == pure(found)
    assert found.one_shot.dominated() == (("A", "cooperate"), ("B", "cooperate"))


payoff = st.integers(-9, 9)
matrices = st.integers(1, 3).flatmap(
    lambda n: st.integers(1, 3).flatmap(
        lambda m: st.tuples(*[st.lists(st.lists(payoff, min_size=m, max_size=m), min_size=n, max_size=n)] * 2)
    )
)


@settings(max_examples=40, deadline=None)
@given(matrices)
def test_a_dominated_move_is_never_played(tables):
    found = solved(bimatrix(*tables))
    dominated = set(found.one_shot.dominated())

    assert all(dominated.isdisjoint(profile.items()) for profile in found.one_shot.equilibria())


@settings(max_examples=40, deadline=None)
@given(matrices, st.data())
def test_the_answer_does_not_hang_on_names_or_on_the_order_of_moves(tables, data):
    one, other = tables
    order = data.draw(st.permutations(range(len(one))))
    there = solved(bimatrix(one, other))
    again = solved(
        bimatrix([one[k] for k in order], [other[k] for k in order], rows=[f"r{k}" for k in order])
    )

    assert {(f"r{'abcd'.index(a)}", b) for a, b in pure(there)} == pure(again)


@settings(max_examples=30, deadline=None)
@given(matrices)
def test_who_moves_first_does_not_do_worse_than_in_the_best_equilibrium_at_once(tables):
    together, first = solved(bimatrix(*tables)), solved(bimatrix(*tables, play="[A, B]"))
    ties = any(node.others for node in first.play.nodes.values())
    best = [
        float(together.one_shot.expected[0][k])
        for k, _ in together.one_shot.profiles()
        if together.one_shot.stable_expected[k]
    ]

    assert ties or not best or first.play.payoffs["A"] >= max(best) - 1e-9


@settings(max_examples=25, deadline=None)
@given(matrices)
def test_perfect_play_is_among_the_equilibria_that_gambit_finds(tables):
    gambit = pytest.importorskip("pygambit", reason=GAMBIT)
    one, other = tables
    play = solved(bimatrix(one, other, play="[A, B]")).play
    tree = gambit.Game.new_tree(players=["A", "B"])
    tree.append_move(tree.root, "A", [*"abcd"[: len(one)]])
    for i, row in enumerate("abcd"[: len(one)]):
        node = tree.root.children[row]
        tree.append_move(node, "B", [*"wxyz"[: len(one[0])]])
        for j, column in enumerate("wxyz"[: len(one[0])]):
            tree.set_outcome(node.children[column], tree.add_outcome(row + column, [one[i][j], other[i][j]]))
    worth = {
        (float(e.payoff("A")), float(e.payoff("B"))) for e in gambit.nash.enumpure_solve(tree).equilibria
    }

    assert (play.payoffs["A"], play.payoffs["B"]) in worth


def test_in_the_ultimatum_game_the_smallest_offer_is_taken():
    text = "title: Ultimatum\nplayers:\n  A: {moves: {nothing: {}, little: {}, half: {}}}\n  B: {moves: {accept: {}, refuse: {}}}\n"
    text += "play: [A, B]\noutcomes:\n"
    for move, own in (("nothing", 10), ("little", 9), ("half", 5)):
        text += f"  - {{after: [{move}, accept], values: {{A: {own}, B: {10 - own}}}}}\n"
        text += f"  - {{after: [{move}, refuse], values: {{A: 0, B: {0.5}}}}}\n"
    play = solved(text).play

    assert told(play.path) == "A: little, B: accept"
    assert told(play.reply((("A", "nothing"),))) == "B: refuse"


def test_in_the_centipede_the_first_takes_all_at_once():
    moves = "{moves: {pass1: {}, take1: {}, pass2: {}, take2: {}}}"
    text = f"title: Centipede\nplayers:\n  A: {moves}\n  B: {moves}\nplay:\n"
    text += "  - {player: A, moves: [pass1, take1]}\n"
    text += "  - {player: B, moves: [pass1, take1], after: {A: [pass1]}}\n"
    text += "  - {player: A, moves: [pass2, take2], after: {B: [pass1]}}\n"
    text += "  - {player: B, moves: [pass2, take2], after: {A: [pass2]}}\noutcomes:\n"
    ends = {
        "take1": (1, 0),
        "pass1, take1": (0, 2),
        "pass1, pass1, take2": (3, 1),
        "pass1, pass1, pass2, take2": (2, 4),
        "pass1, pass1, pass2, pass2": (3, 3),
    }
    for path, (a, b) in ends.items():
        text += f"  - {{after: [{path}], values: {{A: {a}, B: {b}}}}}\n"

    assert told(solved(text).play.path) == "A: take1"


SIGNAL = """
title: Beer and quiche
players:
  S: {moves: {beer: {}, quiche: {}}, wants: {own: {of: s_strong, weight: 1, source: textbook}}}
  R: {moves: {fight: {}, leave: {}}, wants: {own: {of: r_strong, weight: 1, source: textbook}}}
play: [S, R]
outcomes:
  - {after: [beer, fight], values: {s_strong: 1, s_weak: 0, r_strong: 0, r_weak: 1}}
  - {after: [beer, leave], values: {s_strong: 3, s_weak: 2, r_strong: 1, r_weak: 0}}
  - {after: [quiche, fight], values: {s_strong: 0, s_weak: 1, r_strong: 0, r_weak: 1}}
  - {after: [quiche, leave], values: {s_strong: 2, s_weak: 3, r_strong: 1, r_weak: 0}}
types:
  of: S
  values:
    strong:
      probability: 0.9
      wants: {S: {own: {of: s_strong, weight: 1, source: textbook}}}
    weak:
      probability: 0.1
      wants:
        S: {own: {of: s_weak, weight: 1, source: textbook}}
        R: {own: {of: r_weak, weight: 1, source: textbook}}
"""


def test_in_the_signalling_game_both_types_do_the_same():
    found = solved(SIGNAL)
    assert found.under_doubt is None
    pytest.importorskip("pygambit", reason=GAMBIT)
    pooled = {
        tuple(max(one.chances[(), type_], key=one.chances[(), type_].get) for type_ in ("strong", "weak"))
        for one in signalling_equilibria(found.game, found.payoffs)
    }

    assert {("beer", "beer"), ("quiche", "quiche")} == pooled


def test_an_offer_under_doubt_goes_by_the_odds():
    """Each type's reply is its own; the offer is that of the likelier type."""
    text = """
title: An offer to somebody whose wants are not known
players:
  A: {moves: {none: {}, chips: {}, tools: {}}}
  B: {moves: {refuse: {}, accept: {}}, wants: {own: {of: chips, weight: 1, source: made}}}
play: [A, B]
outcomes:
  - {after: [none, refuse], values: {A: 0, chips: 0, tools: 0}}
  - {after: [none, accept], values: {A: 0, chips: -1, tools: -1}}
  - {after: [chips, refuse], values: {A: -1, chips: 0, tools: 0}}
  - {after: [chips, accept], values: {A: 2, chips: 1, tools: -1}}
  - {after: [tools, refuse], values: {A: -1, chips: 0, tools: 0}}
  - {after: [tools, accept], values: {A: 1, chips: -1, tools: 1}}
types:
  of: B
  values:
    chips: {probability: P, wants: {B: {own: {of: chips, weight: 1, source: made}}}}
    tools: {probability: Q, wants: {B: {own: {of: tools, weight: 1, source: made}}}}
"""
    likely = solved(text.replace("P", "0.9").replace("Q", "0.1")).under_doubt
    unlikely = solved(text.replace("P", "0.1").replace("Q", "0.9")).under_doubt

    assert {t: told(p) for t, p in likely.paths.items()} == {
        "chips": "A: chips, B: accept",
        "tools": "A: chips, B: refuse",
    }
    assert pytest.approx(0.9 * 2 - 0.1) == likely.payoffs["A"]
    assert {t: told(p) for t, p in unlikely.paths.items()} == {
        "chips": "A: tools, B: refuse",
        "tools": "A: tools, B: accept",
    }


@pytest.mark.parametrize(
    ("v", "reply"), [(0.5, "take_and_withhold"), (2, "take_and_withhold"), (5, "ban_purchases")]
)
def test_without_commitment_nothing_is_offered_as_in_the_example(shared, v, reply):
    from tidegate.records import read_yaml_fast

    known = read_yaml_fast(shared / "facts" / "simulation_example.yaml")["game"]["one_shot_no_commitment"][
        "expected"
    ]
    [row] = [row for row in known if row["v"] == v]
    play = solved(stored("one-shot-no-commitment", **{"weight: -2": f"weight: {-v}"})).play

    assert row["reply_to_chips"] == reply
    assert ((f"US: {row['us_offer']}, CN: {row['reply_to_none']}"), row["payoffs"]) == (
        told(play.path),
        [*play.payoffs.values()],
    )
    assert f"CN: {reply}" == told(play.reply((("US", "chips"),)))


def test_thresholds_of_a_ban_and_of_a_swap_are_those_of_the_example():
    """A ban beats taking the chips from a learning loss of 4 on; the swap is accepted up to 1."""
    found = solved(stored("offers-by-hand"))
    regions = {(r.offer, r.reply, r.want): r for r in found.regions}

    ban, swap = regions["chips", "ban", "learning"], regions["chips", "accepted", "learning"]
    assert (pytest.approx(-4), -math.inf) == (ban.high, ban.low)
    assert (pytest.approx(-1), math.inf) == (swap.low, swap.high)


@pytest.mark.parametrize(
    ("v", "gains", "deal"), [(0.5, (5, 0.5), True), (2, (5, -1), False), (5, (5, -4), False)]
)
def test_the_swap_of_chips_is_that_of_the_example(v, gains, deal):
    found = solved(stored("offers-by-hand", **{"weight: -2": f"weight: {-v}"}))
    [offer] = [offer for offer in found.offers if offer.move == "chips"]

    assert gains == pytest.approx((float(offer.gain[0]), float(offer.theirs[0])))
    assert deal is offer.is_both


@pytest.mark.parametrize(("security", "gains", "deal"), [(1.0, (-0.5, 5), False), (0.5, (3, 5), True)])
def test_the_swap_of_tools_clears_the_table_once_security_weighs_less(security, gains, deal):
    found = solved(stored("offers-by-hand", **{"weight: -7": f"weight: {-7 * security}"}))
    [offer] = [offer for offer in found.offers if offer.move == "tools"]

    assert gains == pytest.approx((float(offer.gain[0]), float(offer.theirs[0])))
    assert deal is offer.is_both
    assert (offer.move if deal else None) == (cheapest(found.offers).move if cheapest(found.offers) else None)


def test_the_discount_factors_of_the_swap_are_those_of_the_example():
    [whole, *_] = solved(stored("offers-by-hand", **{"weight: -2": "weight: -0.5"})).holding

    assert whole.terms == {"US": (6.0, 5.0, 0.0), "CN": (3.5, 0.5, 0.0)}
    assert {"US": pytest.approx(1 / 6), "CN": pytest.approx(6 / 7)} == whole.thresholds


def test_the_dilemma_holds_from_a_half_and_in_turns_from_a_quarter():
    [whole] = solved(stored("prisoners-dilemma")).holding

    assert whole.thresholds == {"A": 0.5, "B": 0.5}
    assert whole.alternating == {"A": 0.25, "B": 0.25}
    assert whole.holds == 1.0


def test_pooling_lets_a_slack_issue_carry_a_tight_one():
    assert (float(grim_threshold(4, 3, 0)), float(grim_threshold(6, 3, 1))) == (0.25, 0.6)
    assert pytest.approx(4 / 9) == pooled_threshold([(4, 3, 0), (6, 3, 1)])


def test_a_deal_that_is_worse_than_none_holds_for_nobody():
    assert math.isinf(float(grim_threshold(3, 1, 2)))
    assert math.isinf(alternation_threshold(1, 0, 2))


def test_linking_makes_a_deal_that_no_issue_has_alone():
    found = solved(stored("offers-by-hand", **{"weight: -2": "weight: -0.5", "weight: -7": "weight: -70"}))

    assert found.linking.linked.profile == {"US": "chips", "CN": "supply"}
    assert not any(deal.is_deal for deal in found.linking.apart)
    assert pytest.approx(tuple(found.linking.value[:, 0])) == (5.0, 0.5)
    assert best_deal(found.game, found.payoffs, {"US": ("none",)}).profile == {"US": "none", "CN": "withhold"}


ALLIES = """
title: Japan adopts if Korea and the Union do
players:
  JP: {moves: {hold: {}, adopt: {}}}
  KR: {moves: {hold: {}, adopt: {}}}
  EU: {moves: {hold: {}, adopt: {}}}
outcomes:
ROWS
pledges:
  JP: {move: adopt, if: {KR: adopt, EU: adopt}}
  KR: {move: adopt, if: {}}
  EU: {move: adopt, if: {KR: adopt}}
"""


def allies(pressure, lost, gain):
    """An ally that adopts wins the pressure off it and security, and loses sales unless both others adopt as well."""
    rows = []
    for jp in ("hold", "adopt"):
        for kr in ("hold", "adopt"):
            for eu in ("hold", "adopt"):
                worth = 0 if jp == "hold" else pressure + gain - (0 if kr == eu == "adopt" else lost)
                rows.append(
                    f"  - {{after: [{jp}, {kr}, {eu}], values: {{JP: {worth}, KR: {int(kr == 'adopt')}, EU: {int(eu == 'adopt')}}}}}"
                )
    return ALLIES.replace("ROWS", "\n".join(rows))


@pytest.mark.parametrize(("pressure", "alone"), [(1.0, False), (2.0, True)])
def test_an_ally_alone_adopts_as_in_the_example_and_with_the_others_before(pressure, alone):
    found = solved(allies(pressure, 2.0, 0.5))
    japan = {row.others: row.adopts for row in found.adoption if row.ally == "JP"}

    assert alone is japan[()]
    assert japan["KR", "EU"]
    assert [one.members for one in found.coalitions if one.stable] == [("JP", "KR", "EU")]
    assert found.pledged == ("JP", "KR", "EU")


def test_a_pledge_falls_with_those_that_it_waits_for():
    text = allies(1.0, 2.0, 0.5).replace("KR: {move: adopt, if: {}}", "KR: {move: adopt, if: {EU: hold}}")

    assert solved(text).pledged == ()


def test_a_game_of_three_has_its_equilibria():
    """Selten's horse cannot be written at once, a majority game can: any two carry the third along."""
    text = (
        "title: Majority\nplayers:\n"
        + "".join(f"  {p}: {{moves: {{no: {{}}, yes: {{}}}}}}\n" for p in "ABC")
        + "outcomes:\n"
    )
    for a in (0, 1):
        for b in (0, 1):
            for c in (0, 1):
                won = a + b + c >= 2
                names = [("no", "yes")[k] for k in (a, b, c)]
                text += f"  - {{after: [{', '.join(names)}], values: {{{', '.join(f'{p}: {int(won == bool(k))}' for p, k in zip('ABC', (a, b, c), strict=True))}}}}}\n"
    found = solved(text)

    assert {("no",) * 3, ("yes",) * 3} == pure(found)
    pytest.importorskip("pygambit", reason=GAMBIT)
    assert [[0.5, 0.5]] * 3 in mixed(found)


def test_a_range_of_weights_gives_a_share_of_draws():
    """With a learning loss spread evenly about 4, China bans in about half of the draws."""
    found = solved(stored("offers-by-hand", **{"weight: -2": "weight: [-8, -4, 0]"}), draws=400)
    [offer] = [offer for offer in found.offers if offer.move == "chips"]

    assert 0.4 < offer.backfires < 0.6
    [ban] = [r for r in found.regions if (r.offer, r.reply, r.want) == ("chips", "ban", "learning")]
    assert offer.backfires == pytest.approx(ban.within)
    assert pytest.approx([-4] * 400) == list(ban.highs)


def test_the_same_seed_gives_the_same_bytes():
    text = stored("offers-by-hand", **{"weight: -2": "weight: [-8, -4, 0]"})

    assert solved(text, draws=20).to_json() == solved(text, draws=20).to_json()


def test_without_the_library_it_says_what_to_install(monkeypatch):
    import sys

    from tidegate.bargaining.strategic import gambit

    monkeypatch.setitem(sys.modules, "nashpy", None)
    monkeypatch.setitem(sys.modules, "pygambit", None)
    with pytest.raises(MissingExtraError, match=r"tidegate\[bargaining\]"):
        solved(stored("prisoners-dilemma")).one_shot.mixed()
    with pytest.raises(MissingExtraError, match=r"tidegate\[gambit\]"):
        gambit()


def test_asking_for_what_a_game_does_not_name_says_what_to_add():
    from tidegate.bargaining.offers import offers_of

    found = solved(bimatrix([[1]], [[1]]))
    with pytest.raises(BadInputError, match="Add `offers`"):
        offers_of(found.game, found.payoffs)


def test_a_game_is_told_in_sentences():
    text = " ".join(solved(stored("offers-by-hand")).table().about["account"])

    assert "The cheapest offer" in text or "No offer on the table" in text
    assert (
        "'chips' is answered 'ban' at a weight up to 2 on chips (as written 4); or of -4 and beyond on learning"
        in text
    )
    assert (
        "'tools' is answered 'ban' at no weight on any one thing that CN wants, up to 10 times its range."
        in text
    )


def test_names_of_the_file_are_read_back(tmp_path):
    game = read_game_text(stored("prisoners-dilemma"), "prisoners-dilemma.yaml")

    assert game.ids == ("A", "B")
    assert game.is_simultaneous
