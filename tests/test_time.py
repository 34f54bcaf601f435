"""The two clocks, suspensions, limbs, schedules: what stage a measure has on a day."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.errors import BadInputError, NotFoundError
from tidegate.ledger import Ledger, Stage, load_ledger
from tidegate.ledger.dossier import dossier
from tidegate.ledger.history import LAPSED, NOT_CONFIRMED, RAN_OUT, SCHEDULED, History
from tidegate.ledger.model import Entry, Scheduled

SOURCE = "https://example.org"


def entry(on, stage, **more):
    return Entry(on=on, stage=stage, note="x", source=SOURCE, **more)


def stages(history, *days):
    spans = [history.on(dt.date.fromisoformat(day)) for day in days]
    return [span.stage.value if span else None for span in spans]


class TestHistory:
    def test_before_the_first_entry_there_is_nothing(self):
        assert stages(History.of([entry("2025-02-25", "announced")]), "2025-02-24", "2025-02-25") == [
            None,
            "announced",
        ]

    def test_talk_and_reports_change_no_stage(self):
        history = History.of([
            entry("2025-01-01", "in_force"),
            entry("2025-02-01", "lifted", role="talk"),
            entry("2025-03-01", "suspended", role="report"),
        ])  # fmt: skip

        assert stages(history, "2025-02-01", "2025-03-01") == ["in_force", "in_force"]

    def test_a_suspension_lapses_on_its_end_date(self):
        history = History.of([
            entry("2025-01-01", "in_force"),
            entry("2025-11-10", "suspended", until="2026-11-10", then="in_force"),
        ])  # fmt: skip

        assert stages(history, "2025-11-09", "2025-11-10", "2026-11-09", "2026-11-10") == [
            "in_force", "suspended", "suspended", "in_force",
        ]  # fmt: skip
        assert history.on(dt.date(2026, 11, 10)).condition == RAN_OUT

    def test_an_announced_extension_without_an_act_leaves_the_stage_unknown(self):
        history = History.of([
            entry("2025-11-10", "suspended", until="2026-11-10", then="in_force"),
            entry("2026-09-28", "agreed", role="talk", until_announced="2027-01-10"),
        ])  # fmt: skip

        assert stages(history, "2026-11-09", "2026-11-10", "2027-01-09", "2027-01-10") == [
            "suspended", "unknown", "unknown", "in_force",
        ]  # fmt: skip
        assert history.on(dt.date(2026, 11, 21)).condition == NOT_CONFIRMED
        assert history.on(dt.date(2027, 1, 10)).condition == LAPSED

    def test_an_extension_not_yet_known_changes_nothing(self):
        entries = [
            entry("2025-11-10", "suspended", until="2026-11-10", then="in_force"),
            entry("2026-09-28", "agreed", role="talk", until_announced="2027-01-10"),
        ]

        before = History.of(entries, known_by=dt.date(2026, 9, 27))
        after = History.of(entries, known_by=dt.date(2026, 9, 28))

        assert stages(before, "2026-11-15") == ["in_force"]
        assert stages(after, "2026-11-15") == ["unknown"]

    def test_a_later_change_cuts_a_suspension_short(self):
        history = History.of([
            entry("2025-11-10", "suspended", until="2026-11-10", then="in_force"),
            entry("2026-03-01", "lifted"),
        ])  # fmt: skip

        assert stages(history, "2026-02-28", "2026-03-01", "2026-11-10") == [
            "suspended",
            "lifted",
            "lifted",
        ]

    def test_an_imprecise_date_counts_from_its_first_day_and_says_so_until_its_last(self):
        history = History.of([entry("2025-02", "urged")])

        inside, after = history.on(dt.date(2025, 2, 10)), history.on(dt.date(2025, 3, 1))

        assert (inside.stage, inside.certain_from) == (Stage.URGED, dt.date(2025, 2, 28))
        assert after.certain_from <= dt.date(2025, 3, 1)

    def test_an_imprecise_date_is_known_only_after_its_last_day(self):
        urged = [entry("2025-02", "urged")]

        assert History.of(urged, known_by=dt.date(2025, 2, 27)).spans == ()
        assert len(History.of(urged, known_by=dt.date(2025, 2, 28)).spans) == 1

    def test_a_schedule_takes_effect_unless_the_measure_changed_meanwhile(self):
        plan = Scheduled(on="2025-11-08", stage="in_force", known_by="2025-10-09", note="x", source=SOURCE)
        announced = entry("2025-10-09", "announced")
        suspended = entry("2025-11-07", "suspended", until="2026-11-10", then="in_force")

        left_alone = History.of([announced], [plan])
        overtaken = History.of([announced, suspended], [plan])

        assert stages(left_alone, "2025-11-07", "2025-11-08") == ["announced", "in_force"]
        assert left_alone.on(dt.date(2025, 11, 8)).condition == SCHEDULED
        assert stages(overtaken, "2025-11-08") == ["suspended"]

    def test_since_is_the_start_of_the_stage_not_the_last_word_on_it(self):
        history = History.of([entry("2025-01", "in_force"), entry("2025-06-01", "in_force")])

        assert history.on(dt.date(2025, 7, 1)).since == "2025-01"


class TestLedger:
    @pytest.mark.parametrize(
        ("measure", "on", "stage"),
        [
            ("us-2025-05-23-eda-letters", "2025-05-22", None),
            ("us-2025-05-23-eda-letters", "2025-05-23", "in_force"),
            ("us-2025-05-23-eda-letters", "2025-06-15", "in_force"),
            ("us-2025-05-23-eda-letters", "2025-07-01", "in_force"),
            ("us-2025-05-23-eda-letters", "2025-07-02", "lifted"),
            ("us-2025-05-23-eda-letters", "2025-07-10", "lifted"),
            ("us-2022-10-07-advanced-computing", "2022-10-20", "announced"),
            ("us-2022-10-07-advanced-computing", "2022-10-21", "in_force"),
            ("us-2022-10-07-advanced-computing", "2023-11-16", "in_force"),
            ("us-2022-10-07-advanced-computing", "2023-11-17", "lifted"),
            ("nl-2023-09-01-duv", "2023-08-31", "announced"),
            ("nl-2023-09-01-duv", "2023-09-01", "in_force"),
            ("jp-2023-07-23-23-items", "2023-07-22", "announced"),
            ("jp-2023-07-23-23-items", "2023-07-23", "in_force"),
            ("cn-2023-08-01-gallium-germanium", "2023-07-31", "announced"),
            ("cn-2023-08-01-gallium-germanium", "2023-08-01", "in_force"),
            ("us-2025-01-13-ai-diffusion-chips", "2025-05-12", "announced"),
            ("us-2025-01-13-ai-diffusion-chips", "2025-05-13", "lifted"),
            ("us-2025-01-13-ai-diffusion-chips", "2025-05-15", "lifted"),
            ("us-2025-09-29-affiliates-rule", "2025-11-09", "in_force"),
            ("us-2025-09-29-affiliates-rule", "2025-11-10", "suspended"),
            ("us-2025-09-29-affiliates-rule", "2026-11-09", "suspended"),
            ("us-2025-09-29-affiliates-rule", "2026-11-10", "unknown"),
            ("us-2025-09-29-affiliates-rule", "2027-01-10", "in_force"),
            ("cn-2024-12-03-us-ga-ge-sb", "2025-11-08", "in_force"),
            ("cn-2024-12-03-us-ga-ge-sb", "2025-11-09", "suspended"),
            ("cn-2024-12-03-us-ga-ge-sb", "2026-11-26", "suspended"),
            ("cn-2024-12-03-us-ga-ge-sb", "2026-11-27", "unknown"),
            ("cn-2024-12-03-us-military-users", "2026-11-21", "in_force"),
            ("us-2022-12-23-ndaa-5949-chip-procurement-ban", "2027-12-22", "announced"),
            ("us-2022-12-23-ndaa-5949-chip-procurement-ban", "2027-12-23", "in_force"),
            ("us-2025-12-30-annual-fab-licences", "2026-12-31", "eased"),
            ("us-2025-12-30-annual-fab-licences", "2027-01-01", "lifted"),
        ],
    )
    def test_the_day_before_and_the_day_of_a_change(self, ledger, measure, on, stage):
        standing = ledger.standing(measure, on)

        assert (standing.stage.value if standing else None) == stage

    @pytest.mark.parametrize("number", [55, 56, 57, 58, 61, 62])
    def test_the_october_announcements_of_2025_read_suspended_until_their_dates(self, ledger, number):
        measure = f"cn-2025-10-09-ann-{number}"

        assert ledger.standing(measure, "2025-11-07").stage is Stage.SUSPENDED
        assert ledger.standing(measure, "2026-11-09").stage is Stage.SUSPENDED
        lapsed = ledger.standing(measure, "2026-11-21")
        assert (lapsed.stage, lapsed.condition) == (Stage.UNKNOWN, NOT_CONFIRMED)
        assert lapsed.span.until == dt.date(2026, 11, 10)
        assert lapsed.span.until_announced == dt.date(2027, 1, 10)

    def test_one_limb_of_announcement_61_ran_and_two_never_did(self, ledger):
        standing = ledger.standing("cn-2025-10-09-ann-61", "2025-10-20")

        assert {limb.limb: limb.stage.value for limb in standing.limbs} == {
            "chinese-origin": "in_force", "content": "announced", "technology": "announced",
        }  # fmt: skip
        assert standing.stage is Stage.IN_FORCE
        for day in ("2025-12-01", "2026-10-01"):
            assert {limb.stage for limb in ledger.standing("cn-2025-10-09-ann-61", day).limbs} == {
                Stage.SUSPENDED
            }

    def test_law_as_printed_and_law_as_enforced_are_both_kept(self, ledger):
        standing = ledger.standing("us-2025-01-13-ai-diffusion-chips", "2026-07-23")

        assert (standing.stage, standing.printed) == (Stage.LIFTED, Stage.IN_FORCE)
        assert ledger.standing("us-2025-01-13-ai-diffusion-chips", "2025-02-01").printed is None

    def test_a_letter_is_known_when_it_is_disclosed_not_when_it_is_sent(self, ledger):
        measure = "us-2025-04-09-h20-is-informed-letter"

        assert ledger.standing(measure, "2025-04-10").stage is Stage.IN_FORCE
        assert ledger.standing(measure, "2025-04-10", known_by="2025-04-14") is None
        assert ledger.standing(measure, "2025-04-10", known_by="2025-04-15").stage is Stage.IN_FORCE

    def test_nothing_is_shown_that_was_not_yet_known(self, ledger):
        regime = ledger.on("2025-02-25", known_by="2025-02-24")

        assert all(standing.entry.known <= dt.date(2025, 2, 24) for standing in regime)
        assert "us-2025-02-tougher-chip-controls-talks" not in regime
        assert "us-2025-02-tougher-chip-controls-talks" in ledger.on("2025-02-25")

    def test_a_measure_announced_and_not_in_effect_is_visible_as_coming(self, ledger):
        standing = ledger.standing("nl-2023-09-01-duv", "2023-07-15", known_by="2023-07-15")

        assert standing.stage is Stage.ANNOUNCED
        assert (standing.next.starts, standing.next.stage) == (dt.date(2023, 9, 1), Stage.IN_FORCE)

    def test_a_day_that_is_none_is_refused(self, ledger):
        with pytest.raises(BadInputError, match="YYYY-MM-DD"):
            ledger.on("15.06.2025")
        with pytest.raises(BadInputError, match="before"):
            list(ledger.regimes("2025-02-01", "2025-01-01"))

    def test_looking_back_day_by_day_keeps_memory_flat(self, ledger):
        fresh = Ledger(ledger.measures, ledger.read_to)
        for number in range(60):
            fresh.on("2025-06-01", known_by=dt.date(2025, 1, 1) + dt.timedelta(days=number))

        assert len(fresh._histories) <= 16

    def test_an_unknown_measure_names_near_ones(self, ledger):
        with pytest.raises(NotFoundError, match="us-2025-05-23-eda-letters"):
            ledger["us-2025-05-23-eda-letter"]


DAYS = st.dates(dt.date(2018, 1, 1), dt.date(2027, 12, 31))


class TestProperties:
    @settings(max_examples=60, deadline=None)
    @given(on=DAYS, known_by=DAYS)
    def test_nothing_unknown_by_the_day_ever_shows(self, on, known_by):
        regime = load_ledger().on(on, known_by)

        for standing in regime:
            assert standing.entry.known <= known_by
            for limb in standing.limbs:
                assert limb.entry.known <= known_by

    @settings(max_examples=30, deadline=None)
    @given(first=st.dates(dt.date(2018, 1, 1), dt.date(2027, 6, 1)), days=st.integers(1, 60))
    def test_walking_through_days_gives_what_each_day_gives_alone(self, first, days):
        ledger = load_ledger()
        last = first + dt.timedelta(days=days)

        walked = list(ledger.regimes(first, last))

        assert len(walked) == days + 1
        for regime in (walked[0], walked[days // 2], walked[-1]):
            assert regime.standings == Ledger(ledger.measures, ledger.read_to).on(regime.on).standings

    @settings(max_examples=60, deadline=None)
    @given(on=DAYS, index=st.integers(0, 10_000))
    def test_talk_added_to_any_measure_changes_no_stage(self, on, index):
        ledger = load_ledger()
        measure = ledger.measures[index % len(ledger)]
        talk = entry(on.isoformat(), "lifted", role="talk")
        history = tuple(sorted((*measure.history, talk), key=lambda e: e.when.first))
        louder = Ledger((msgspec.structs.replace(measure, history=history),), None)

        for day in (on, on + dt.timedelta(days=1), dt.date(2027, 12, 31)):
            before, after = ledger.standing(measure.id, day), louder.standing(measure.id, day)
            assert (before and before.stage) == (after and after.stage)

    @settings(max_examples=60, deadline=None)
    @given(index=st.integers(0, 10_000), on=DAYS)
    def test_spans_have_no_gaps_and_hold_their_day(self, index, on):
        ledger = load_ledger()
        histories = [history for limbs in ledger.histories().values() for history in limbs.values()]
        history = histories[index % len(histories)]

        for before, after in zip(history.spans, history.spans[1:], strict=False):
            assert before.ends == after.starts
        span = history.on(on)
        assert span is None or (span.starts <= on and (span.ends is None or on < span.ends))

    @settings(max_examples=40, deadline=None)
    @given(on=DAYS, earlier=DAYS, later=DAYS)
    def test_knowing_more_never_forgets_a_measure(self, on, earlier, later):
        ledger = load_ledger()
        earlier, later = sorted((earlier, later))

        less = {standing.measure.id for standing in ledger.on(on, earlier)}
        more = {standing.measure.id for standing in ledger.on(on, later)}

        assert less <= more


def test_as_known_by_a_day_a_measure_is_tied_to_nothing_that_came_later(ledger):
    """Announcement 61 of 9 October 2025 was put on hold in November; in October nobody knew."""
    later = dossier(ledger, "cn-2025-10-09-ann-61", "2025-10-20")["pointed_at_by"]
    then = dossier(ledger, "cn-2025-10-09-ann-61", "2025-10-20", "2025-10-20")
    assert "cn-2025-11-07-ann-70" in {each["id"] for each in later}
    assert "cn-2025-11-07-ann-70" not in {each["id"] for each in then["pointed_at_by"]}
    assert then["relations"] == dossier(ledger, "cn-2025-10-09-ann-61", "2025-10-20")["relations"]
