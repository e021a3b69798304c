"""The way through a guided dialogue: on, back, edited, confirmed, cancelled, pressed too late."""

from datetime import UTC, datetime

from domain.answers import Headcount
from domain.forms import (
    Answer,
    Back,
    Cancel,
    Cancelled,
    Confirm,
    Edit,
    Keep,
    Review,
    Skip,
    Stale,
    Submit,
    Voice,
    look,
    start,
    step,
)
from tests.domain.form_samples import GIVEN, PATROL, Patrol, Talk, again


def test_the_pond_patrol_of_the_typhoon_is_three_messages_and_a_confirmation():
    talk = Talk().say("2", "6,水位 31.2")
    assert talk.screen.error == "dialogue.error.not_a_choice"  # the short list here has four signs
    talk.say("4,水位 31.2", "下面3户")
    assert talk.session.answers == {
        "state": "bad",
        "signs": ["spill"],
        "level": 31.2,
        "threatened": {"households": 3, "people": None},
    }
    talk.do(Skip()).do(Keep()).do(Answer(photo="AgAC")).do(Skip()).say("1")
    assert talk.session is None
    assert talk.screen == Submit(
        Patrol(
            point="岭头山塘",
            state="bad",
            signs=("spill",),
            level=31.2,
            threatened=Headcount(3, None),
            seen_at=datetime(2024, 6, 24, 2, 0, tzinfo=UTC),
            photos=("AgAC",),
        )
    )


def test_a_normal_point_is_one_digit():
    talk = Talk().say("1。")
    assert (talk.at, talk.screen.number, talk.screen.total) == ("level", 2, 3)
    assert isinstance(talk.say("没有", "跳过").screen, Review)


def test_back_and_on_again_leads_to_the_same_question():
    talk = Talk().say("2", "4", "31", "没有").do(Skip())
    assert talk.at == "seen_at"
    assert [talk.do(Back()).at for _ in range(4)] == ["note", "threatened", "level", "signs"]
    assert talk.screen.value == ["spill"]
    assert [talk.do(event).at for event in (Keep(), Keep(), Keep(), Skip())] == [
        "level",
        "threatened",
        "note",
        "seen_at",
    ]


def test_back_at_the_first_question_stays_there():
    talk = Talk()
    before = talk.session
    assert (talk.screen.can_back, talk.do(Back()).session) == (False, before)


def test_another_branch_asks_what_it_needs_and_forgets_nothing():
    talk = Talk().say("2", "4", "31", "3户").do(Back()).do(Back()).do(Back()).do(Back())
    assert (talk.at, talk.say("3").at) == ("state", "why")
    talk.say("2", "跳过")
    assert [item.question.name for item in talk.screen.items] == ["state", "why", "photos"]
    assert talk.do(Edit("state")).say("有").at == "note"
    assert talk.session.answers["threatened"] == {"households": 3, "people": None}


def test_answers_of_a_closed_branch_are_not_submitted():
    talk = Talk().say("2", "4", "31", "3户").do(Back()).do(Back()).do(Back()).do(Back()).say("1").do(Keep()).do(Skip())
    assert talk.at == "Review"
    assert talk.do(Confirm()).screen.answers == Patrol(point="岭头山塘", state="ok", level=31)


def test_the_review_is_edited_line_by_line_and_comes_back():
    talk = Talk().say("1", "31").do(Skip())
    assert [(item.question.name, item.value) for item in talk.screen.items] == [
        ("state", "ok"),
        ("level", 31),
        ("photos", None),
    ]
    assert talk.screen.items[0].chosen[0].label == "正常"
    assert (talk.say("改2").at, talk.session.editing) == ("level", True)
    assert talk.say("31.5").at == "Review"
    assert talk.say("改情况").at == "state"
    assert (talk.do(Back()).at, talk.session.editing) == ("Review", False)
    assert talk.say("提交").screen.answers.level == 31.5


def test_an_edit_that_opens_a_branch_asks_it_before_the_review():
    talk = Talk().say("1", "31").do(Skip()).do(Edit("state")).say("2")
    assert talk.at == "signs"
    assert talk.do(Back()).at == "Review"
    assert (talk.do(Confirm()).at, talk.screen.error) == ("signs", "dialogue.error.required")
    assert talk.say("无", "没有").at == "note"


def test_what_is_said_at_the_review_and_not_understood_submits_nothing():
    talk = Talk().say("1", "31").do(Skip())
    for text in ("不对", "2", "等一下", "改9"):
        assert talk.say(text).screen.error == "dialogue.error.not_understood"
    assert talk.do(Answer(voice=Voice(file_id="v", seconds=1))).screen.error == "dialogue.error.not_understood"


def test_a_rule_over_several_fields_leads_back_to_the_question_it_blames():
    talk = Talk().say("2", "渗水浑浊").do(Skip()).say("没有").do(Skip()).do(Skip()).do(Skip()).do(Skip())
    assert talk.at == "Review"
    talk.do(Confirm())
    assert (talk.at, talk.screen.error) == ("level", "patrol.level.error.level_needed")
    assert talk.say("31.2").at == "Review"
    assert talk.do(Confirm()).screen.answers.level == 31.2


def test_a_rule_that_blames_no_question_stays_at_the_review():
    talk = Talk().say("2", "4", "31", "没有", "地震").do(Skip()).do(Skip()).do(Skip()).do(Confirm())
    assert (talk.at, talk.screen.error) == ("Review", "patrol.error.not_here")


def test_cancel_ends_the_dialogue_from_anywhere():
    assert (Talk().do(Cancel()).session, Talk().say("2", "取消").screen) == (None, Cancelled())
    assert Talk().say("1", "31").do(Skip()).say("取消").screen == Cancelled()


def test_a_stale_press_changes_nothing():
    talk = Talk()
    first = talk.session.rev
    talk.say("2")
    before = talk.session
    for event in (Answer(choice="ok", rev=first), Back(first), Cancel(first), Skip(first), Answer(choice="x", rev=99)):
        assert (talk.do(event).screen, talk.session) == (Stale(), before)


def test_a_press_on_the_question_still_shown_counts_after_a_photo_came_in():
    talk = Talk()
    shown_at = talk.session.rev
    talk.do(Answer(photo="one"))
    assert talk.session.rev > shown_at
    assert talk.do(Answer(choice="ok", rev=shown_at)).at == "level"


def test_only_the_review_on_screen_can_be_confirmed():
    talk = Talk().say("1", "31").do(Skip())
    seen = talk.session.rev
    talk.do(Answer(photo="late"))
    assert talk.do(Confirm(seen)).screen == Stale()
    assert isinstance(talk.do(Confirm(talk.session.rev)).screen, Submit)


def test_buttons_of_an_earlier_dialogue_are_stale_in_the_next():
    session, _ = start(PATROL, {"point": "x"}, GIVEN, rev=41)
    assert session.rev == 41
    assert step(PATROL, session, Answer(choice="ok", rev=40), GIVEN) == (session, Stale())


def test_the_question_is_put_again_after_an_interruption():
    talk = Talk().say("2", "4")
    assert look(PATROL, again(talk.session), GIVEN) == talk.screen


def test_a_branch_opened_on_the_way_back_is_asked_before_what_was_left_behind():
    talk = Talk().say("1", "31").do(Back()).do(Back())
    assert talk.say("2").at == "signs"
    assert [talk.say("4").at, talk.do(Keep()).at] == ["level", "threatened"]


def test_the_first_question_has_a_way_back_only_while_it_is_edited():
    assert not Talk().screen.can_back
    assert Talk().say("1", "31").do(Skip()).do(Edit("state")).screen.can_back


def test_what_was_skipped_and_then_answered_is_no_longer_skipped():
    talk = Talk().say("1").do(Skip()).do(Back())
    assert talk.session.skipped == ("level",)
    assert talk.say("31").session.skipped == ()
