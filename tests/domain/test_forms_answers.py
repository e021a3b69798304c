"""What each kind of question takes, one answer or several in a line, and how it says no."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel

from domain.answers import YES_NO, Choice
from domain.forms import (
    Answer,
    Back,
    Confirm,
    Done,
    Form,
    Kind,
    Location,
    Page,
    Question,
    Skip,
    Tick,
    Voice,
    resume,
    start,
    step,
)
from tests.domain.form_samples import ASSIGN, GIVEN, Talk


def test_one_line_assigns_a_hazard():
    talk = Talk(ASSIGN, {}).say("1 山塘巡查员 今天18点 人工清障")
    assert talk.at == "listed"
    answers = talk.say("不用", "确认").screen.answers
    assert (answers.how, answers.person, answers.measure, answers.listed) == ("send", 7, "人工清障", False)
    assert answers.due == datetime(2024, 6, 24, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "line", ["1 谁知道 今天18点 清障", "1 堤防巡查员 改天 清障", "3 山塘巡查员", "1 山塘巡查员 今天18点 清"]
)
def test_a_line_that_does_not_fit_to_its_end_is_not_taken_by_halves(line):
    talk = Talk(ASSIGN, {}).say(line)
    assert (talk.at, talk.screen.error) == ("how", "dialogue.error.not_a_choice")
    assert talk.session.answers == {}


def test_a_line_may_stop_after_any_answer_and_no_words_are_lost():
    talk = Talk(ASSIGN, {}).say("1，堤防巡查员")
    assert (talk.at, talk.session.answers) == ("due", {"how": "send", "person": 8})
    talk = Talk().say("3 路断了")
    assert (talk.at, talk.session.answers) == ("photos", {"state": "cannot", "why": "road"})
    assert Talk().say("2 4 无").session.skipped == ("level",)


def test_a_wrong_answer_asks_again_and_changes_nothing():
    talk = Talk().say("2", "4")
    before = talk.session
    for typed, error in {
        "很高": "dialogue.error.not_a_number",
        "31到32": "dialogue.error.not_a_number",
        "1000": "dialogue.error.too_large",
    }.items():
        assert talk.say(typed).screen.error == error
        assert talk.session == before
    assert talk.screen.facts == {"most": 999.0}
    assert talk.say("-1").screen.facts == {"least": 0.0}


def test_a_reason_with_words_of_its_own_is_addressed_at_its_question():
    talk = Talk().say("2", "4", "31", "没有", "开玩笑")
    assert (talk.screen.error, talk.screen.facts) == ("patrol.note.error.joke", {"word": "玩笑"})
    assert talk.say("长" * 51).screen.error == "dialogue.error.too_long"
    assert talk.screen.facts == {"most": 50}


def test_a_time_after_now_is_refused_where_the_past_is_asked_for():
    talk = Talk().say("2", "4", "31", "没有", "滴水")
    assert (talk.at, talk.screen.value) == ("seen_at", "2024-06-24T02:00:00Z")
    assert talk.say("18点").screen.error == "dialogue.error.time_in_future"
    assert talk.say("昨晚11点").session.answers["seen_at"] == "2024-06-23T15:00:00Z"


@pytest.mark.parametrize(
    ("event", "error"),
    [
        (Answer(photo="x"), None),  # put with the photos
        (Answer(voice=Voice(file_id="v", seconds=8)), "dialogue.error.not_a_choice"),
        (Answer(person=7), "dialogue.error.not_a_choice"),
        (Answer(choice="sunny"), "dialogue.error.not_a_choice"),
        (Answer(choices=("ok", "bad")), "dialogue.error.not_a_choice"),
        (Answer(location=Location(lat=28, lon=119)), "dialogue.error.wrong_kind"),
        (Skip(), "dialogue.error.required"),
    ],
)
def test_content_of_another_kind_is_named_as_such(event, error):
    assert Talk().do(event).screen.error == error


def test_a_photo_sent_first_is_kept_and_the_question_stays():
    talk = Talk().do(Answer(photo="one"))
    assert (talk.at, talk.session.answers) == ("state", {"photos": ["one"]})
    talk.say("1", "跳过")
    assert talk.at == "Review"
    talk.do(Answer(photo="two")).do(Answer(photo="three"))
    assert talk.session.answers["photos"] == ["one", "two", "three"]
    assert talk.do(Answer(photo="four")).screen.error == "dialogue.error.too_many_photos"
    assert talk.do(Confirm()).screen.answers.photos == ("one", "two", "three")


def test_a_place_sent_early_is_kept_where_the_branch_asks_for_one():
    talk = Talk().say("2").do(Answer(location=Location(lat=28.45, lon=119.48, accuracy=12)))
    assert talk.at == "signs"
    assert talk.session.answers["where"]["accuracy"] == 12
    assert talk.do(Answer(location=Location(lat=1, lon=1))).screen.error == "dialogue.error.wrong_kind"


def test_a_voice_message_answers_a_question_that_takes_one():
    talk = Talk().say("2", "4", "31", "没有").do(Answer(voice=Voice(file_id="v", seconds=8)))
    assert talk.session.answers["note"] == {"file_id": "v", "seconds": 8}


def test_ticks_gather_until_done_and_a_second_press_does_no_harm():
    talk = Talk().say("2")
    rev = talk.session.rev
    talk.do(Tick("spill", True, rev)).do(Tick("crack", True, rev)).do(Tick("spill", True, rev))
    assert talk.screen.ticked == ("crack", "spill")
    talk.do(Tick("crack", False, rev)).do(Done(talk.session.rev))
    assert talk.session.answers["signs"] == ["spill"]
    assert talk.do(Back()).screen.ticked == ("spill",)
    assert talk.do(Tick("lava")).screen.error == "dialogue.error.not_a_choice"


def test_too_many_ticks_are_refused_by_the_rule_of_the_field():
    talk = Talk().say("2", "1 2 3 4")
    assert (talk.screen.error, talk.screen.facts) == ("dialogue.error.too_many_choices", {"most": 3})


def test_none_of_the_signs_is_an_answer():
    assert Talk().say("2").do(Done()).session.answers["signs"] == []
    assert Talk().say("2", "都正常").session.answers["signs"] == []


def test_a_choice_of_the_model_that_is_not_offered_is_refused():
    class Wide(BaseModel):
        a: str

    form = Form("wide", Wide, [Question(name="a", kind=Kind.PICK, options="open")])
    given = replace(GIVEN, options={"open": (Choice("h1", "溢洪道堵"), Choice("h2", "裂缝"))})
    session, screen = start(form, {}, given)
    assert [choice.code for choice in screen.choices] == ["h1", "h2"]
    assert step(form, session, Answer(text="裂缝"), given)[0].answers == {"a": "h2"}
    assert step(form, session, Answer(choice="h9"), given)[1].error == "dialogue.error.not_a_choice"
    chosen, _ = step(form, session, Answer(choice="h1"), given)
    closed = replace(GIVEN, options={"open": (Choice("h2", "裂缝"),)})
    assert resume(form, chosen, closed)[0].answers == {}
    assert resume(form, chosen, replace(GIVEN, options={}))[0].answers == {"a": "h1"}


def test_a_long_choice_turns_its_pages_without_moving():
    talk = Talk(ASSIGN, {}).say("1")
    before = talk.session
    assert (talk.do(Page(2)).screen.page, talk.session) == (2, before)


def test_a_word_that_is_a_choice_is_the_choice_and_no_command():
    class Stop(BaseModel):
        a: str

    form = Form(
        "stop", Stop, [Question(name="a", kind=Kind.CHOICE, choices=(Choice("x", "取消"), Choice("y", "延期")))]
    )
    session, _ = start(form)
    assert step(form, session, Answer(text="取消"))[0].answers == {"a": "x"}


def test_a_time_question_without_now_is_a_fault():
    session, _ = start(ASSIGN, {"how": "send", "person": 7}, replace(GIVEN, now=None))
    with pytest.raises(ValueError, match="needs now"):
        step(ASSIGN, session, Answer(text="18点"), replace(GIVEN, now=None))


def test_an_answer_has_exactly_one_content():
    for contents in ({}, {"text": "1", "choice": "ok"}):
        with pytest.raises(ValueError, match="exactly one"):
            Answer(**contents)


def test_what_no_database_can_store_is_not_in_the_answers():
    talk = Talk().say("2", "4", "31", "没有", "裂\x00缝\ud800 宽")
    assert talk.session.answers["note"] == "裂 缝  宽"


class Visit(BaseModel):
    marks: tuple[str, ...]
    note: str
    homes: int
    where: Location | str
    right: bool


VISIT = Form(
    "visit",
    Visit,
    [
        Question(name="marks", kind=Kind.MULTI, choices=(Choice("a"), Choice("b"), Choice("c")), splits=True),
        Question(name="note", kind=Kind.TEXT, nothing="-"),
        Question(name="homes", kind=Kind.NUMBER, nothing=0),
        Question(name="where", kind=Kind.LOCATION, also=(Kind.TEXT,)),
        Question(name="right", kind=Kind.CHOICE, choices=YES_NO),
    ],
)


def test_the_longest_beginning_of_a_line_is_the_first_answer():
    assert Talk(VISIT, {}).say("1 3 裂缝").session.answers == {"marks": ["a", "c"], "note": "裂缝"}


def test_a_line_typed_again_on_the_way_back_replaces_both_answers():
    talk = Talk(VISIT, {}).say("1 3 裂缝").do(Back()).do(Back()).say("2 渗水")
    assert (talk.session.answers, talk.at) == ({"marks": ["b"], "note": "渗水"}, "homes")


def test_nothing_is_a_value_where_the_question_says_which():
    assert Talk(VISIT, {}).say("无", "没有", "没有").session.answers == {"marks": [], "note": "-", "homes": 0}


def test_a_place_may_be_sent_or_written():
    talk = Talk(VISIT, {}).say("无", "无", "无", "后山拐弯处")
    assert (talk.session.answers["where"], talk.at) == ("后山拐弯处", "right")
    sent = Talk(VISIT, {}).say("无", "无", "无").do(Answer(location=Location(lat=28, lon=119, live=True)))
    assert sent.session.answers["where"]["live"] is True


def test_yes_is_understood_with_words_behind_it():
    talk = Talk(VISIT, {}).say("无", "无", "无", "后山", "对，就是这里")
    assert talk.session.answers["right"] is True
    assert talk.do(Back()).say("对吗？").screen.error == "dialogue.error.not_a_choice"


def test_a_word_for_keeping_is_an_answer_where_there_is_nothing_to_keep():
    talk = Talk().say("2", "4", "31", "没有", "不变")
    assert talk.session.answers["note"] == "不变"
