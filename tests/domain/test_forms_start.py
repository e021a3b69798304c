"""What a dialogue begins with, and what is left of it after a deploy."""

import pytest
from pydantic import BaseModel

from domain.answers import Headcount
from domain.forms import (
    REVIEW,
    Answer,
    Back,
    Confirm,
    Edit,
    Form,
    Kind,
    Question,
    Review,
    Session,
    Skip,
    Submit,
    look,
    resume,
    start,
    step,
)
from tests.domain.form_samples import ASSIGN, GIVEN, NOW, PATROL, Talk


def test_what_the_bot_knows_it_never_asks():
    talk = Talk(context={"point": "岭头山塘", "state": "bad", "threatened": Headcount(0, 0), "note": None})
    assert talk.at == "signs"
    known = {item.question.name: (item.value, item.editable) for item in talk.say("3", "30").do(Skip()).do(Skip()).do(
        Skip()).do(Skip()).screen.items}  # fmt: skip
    assert known["state"] == ("bad", False)
    assert known["threatened"] == ({"households": 0, "people": 0}, False)
    assert known["level"] == (30, True)
    assert talk.do(Edit("state")).at == "Review"
    assert talk.do(Confirm()).screen.answers.state == "bad"


def test_a_fact_that_is_missing_or_wrong_is_a_fault_of_the_caller():
    with pytest.raises(ValueError, match="point"):
        start(PATROL, {}, GIVEN)
    with pytest.raises(ValueError, match="str"):
        start(PATROL, {"point": 7}, GIVEN)


def test_a_wrong_value_brought_for_a_question_is_asked():
    assert Talk(context={"point": "x", "state": "sunny"}).at == "state"


def test_everything_known_leads_straight_to_the_review():
    talk = Talk(ASSIGN, {"how": "send", "person": 7, "due": NOW, "measure": "清障", "listed": True})
    assert isinstance(talk.screen, Review)
    assert isinstance(talk.do(Back()).screen, Review)
    assert isinstance(talk.do(Confirm()).screen, Submit)


def test_facts_beyond_the_model_are_seen_by_conditions_and_not_submitted():
    class Strict(BaseModel, extra="forbid"):
        a: str = ""

    form = Form(
        "strict", Strict, [Question(name="a", kind=Kind.TEXT, when=lambda known: known.get("weather") == "rain")]
    )
    assert start(form, {"weather": "rain"})[1].question.name == "a"
    session, _ = start(form, {"weather": "sun"})
    assert step(form, session, Confirm())[1] == Submit(Strict())


def test_a_session_of_another_form_is_a_fault():
    with pytest.raises(ValueError, match="assign"):
        step(PATROL, start(ASSIGN, {}, GIVEN)[0], Back(), GIVEN)


def test_after_a_deploy_only_what_no_longer_fits_is_asked_again():
    old = Session(
        form="patrol",
        at="seen_at",
        context={"point": "岭头山塘", "weather": "rain"},
        answers={"state": "bad", "signs": ["lava"], "level": 31.2, "threatened": {"households": 3}, "colour": "red"},
        skipped=("note", "gone"),
        ticked=("lava",),
        rev=9,
        since=9,
    )
    session, screen = resume(PATROL, old, GIVEN)
    assert screen.question.name == "signs"
    assert session.answers == {"state": "bad", "level": 31.2, "threatened": {"households": 3}}
    assert (session.rev, session.since, session.skipped) == (10, 10, ("note",))
    after, screen = step(PATROL, session, Answer(text="4"), GIVEN)
    assert screen.question.name == "seen_at"
    assert after.context["weather"] == "rain"


def test_after_a_deploy_the_question_on_screen_stays_if_all_before_it_fits():
    talk = Talk().say("2", "4", "31")
    session, screen = resume(PATROL, talk.session, GIVEN)
    assert (screen.question.name, session.answers) == ("threatened", talk.session.answers)
    assert step(PATROL, session, Answer(text="没有"), GIVEN)[1].question.name == "note"


def test_a_question_that_is_gone_is_resumed_by_the_next_step():
    old = Session(form="patrol", at="colour", context={"point": "x"}, answers={"state": "ok"}, rev=4, since=4)
    assert look(PATROL, old, GIVEN).question.name == "level"
    session, screen = step(PATROL, old, Answer(text="红"), GIVEN)
    assert (screen.question.name, session.answers, session.rev) == ("level", {"state": "ok"}, 5)


def test_a_renamed_field_is_carried_over():
    class New(BaseModel):
        height: float
        note: str = ""

    form = Form(
        "gauge",
        New,
        [Question(name="height", kind=Kind.NUMBER), Question(name="note", kind=Kind.TEXT, required=False)],
        version=2,
        upgrade=lambda version, answers: {"height" if name == "level" else name: v for name, v in answers.items()},
    )
    session, screen = resume(form, Session(form="gauge", version=1, at="note", answers={"level": 31.2}))
    assert (session.version, session.answers, screen.question.name) == (2, {"height": 31.2}, "note")


@pytest.mark.parametrize(
    "questions",
    [
        [],
        [Question(name="b", kind=Kind.TEXT)],
        [Question(name="a", kind=Kind.TEXT), Question(name="a", kind=Kind.TEXT)],
        [Question(name="a", kind=Kind.TEXT), Question(name=REVIEW, kind=Kind.TEXT)],
    ],
)
def test_questions_that_do_not_match_the_model_are_refused_at_definition(questions):
    class One(BaseModel):
        a: str

    with pytest.raises(ValueError, match="form one"):
        Form("one", One, questions)


def test_none_in_the_context_is_not_known():
    assert Talk(context={"point": "x", "state": None, "post": None}).at == "state"


def test_what_is_known_of_a_closed_branch_is_not_submitted():
    talk = Talk(context={"point": "x", "threatened": Headcount(3, None)}).say("1", "31").do(Skip()).do(Confirm())
    assert talk.screen.answers.threatened is None


def test_a_question_that_a_deploy_made_necessary_is_asked_though_it_was_skipped():
    old = Session(form="patrol", at="photos", context={"point": "x"}, answers={}, skipped=("state", "level"))
    assert resume(PATROL, old, GIVEN)[1].question.name == "state"
