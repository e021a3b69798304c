"""What a form promises to Telegram and to the texts, and that the checker sees every way of breaking it."""

from enum import StrEnum
from typing import Annotated, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from domain.answers import YES_NO, Choice
from domain.forms import (
    COMMON_ERRORS,
    Answer,
    Back,
    Cancel,
    Confirm,
    Done,
    Edit,
    Form,
    Keep,
    Kind,
    Page,
    Question,
    Skip,
    Tick,
    button_data,
    form_problems,
    parse_button,
    text_keys,
)
from tests.domain.form_samples import ASSIGN, PATROL

BUTTONS = {
    "f:3:c:bad": Answer(choice="bad", rev=3),
    "f:3:t:spill": Tick("spill", True, 3),
    "f:3:u:spill": Tick("spill", False, 3),
    "f:12:e:level": Edit("level", 12),
    "f:0:p:2": Page(2, 0),
    "f:9:b:": Back(9),
    "f:9:s:": Skip(9),
    "f:9:k:": Keep(9),
    "f:9:d:": Done(9),
    "f:9:x:": Cancel(9),
    "f:4294967296:y:": Confirm(4294967296),
}


@pytest.mark.parametrize(("data", "event"), BUTTONS.items())
def test_every_button_is_written_and_read_back(data, event):
    assert button_data(event) == data
    assert parse_button(data) == event


FORGED = [
    *("", "f", "f:3", "f:3:c:", "f:3:c", "f:-1:b:", "f:03:b:", "f:3:b:x", "f:3:z:", "F:3:b:", "f:3:c:溢洪道", "f::b:"),
    *("f:3:c:a:b", " f:3:b:", "f:3:b: ", "f:3:b:\n", "f:３:b:", "f:3:p:", "f:3:p:-1", "f:3:p:01", "f:3:cc:a", "a:3:b:"),
    *("f:99999999999:b:", "f:3:c:" + "x" * 41, "f:3:e:", "f:3:t:", "f:3:c:a b"),
]


@pytest.mark.parametrize("data", FORGED)
def test_data_this_bot_did_not_write_is_no_event(data):
    assert parse_button(data) is None


@pytest.mark.parametrize(
    "event",
    [
        Back(),
        Answer(text="正常", rev=3),
        Answer(photo="x", rev=3),
        Answer(choice="溢洪道", rev=3),
        Answer(choice="x" * 41, rev=3),
        Answer(choices=("a", "b"), rev=3),
        Page(-1, 3),
        Confirm(10**10),
    ],
)
def test_what_no_button_can_mean_is_refused_when_it_is_made(event):
    with pytest.raises(ValueError, match="no button"):
        button_data(event)


@settings(deadline=None)
@given(st.text(max_size=70) | st.from_regex(r"f:[0-9]{0,12}:[a-z]?:[A-Za-z0-9_.-]{0,50}", fullmatch=True))
def test_any_data_is_read_without_harm_and_only_one_way(data):
    event = parse_button(data)
    assert event is None or button_data(event) == data
    assert event is None or len(data.encode()) <= 64


def test_the_sample_dialogues_are_sound():
    assert form_problems(PATROL) == []
    assert form_problems(ASSIGN) == []


def test_every_text_of_a_form_has_its_address():
    keys = text_keys(PATROL)
    assert {
        "patrol.title",
        "patrol.error.not_here",
        "patrol.state.ask",
        "patrol.state.label",
        "patrol.state.choice.cannot",
        "patrol.note.help",
        "patrol.note.error.joke",
        "patrol.level.error.level_needed",
    } <= keys
    assert not {"patrol.state.help", "patrol.point.ask", "patrol.level.choice.ok"} & keys
    assert len([key for key in keys if key.endswith(".ask")]) == len(PATROL.asks)


def test_the_errors_all_forms_share_are_under_one_address():
    assert all(key.startswith("dialogue.error.") for key in COMMON_ERRORS)


class Colour(StrEnum):
    RED = "red"


class Fields(BaseModel):
    a: str
    b: str = ""


def broken(question, model=Fields, name="sample"):
    field = Question(name="b", kind=Kind.TEXT, required=False)
    others = (field,) if "b" in model.model_fields else ()
    return form_problems(Form(name, model, [question, *others]))


class Flag(BaseModel):
    a: bool


class Two(BaseModel):
    a: Annotated[tuple[Literal["x", "y", "z"], ...], Field(min_length=2, max_length=2)]


class Coloured(BaseModel):
    a: Colour


@pytest.mark.parametrize(
    ("question", "model", "said"),
    [
        (Question(name="a", kind=Kind.TEXT, required=False), Fields, "may be skipped"),
        (Question(name="a", kind=Kind.TEXT, when=lambda known: True), Fields, "only sometimes"),
        (Question(name="a", kind=Kind.TEXT, many=True), Fields, "only photos"),
        (Question(name="a", kind=Kind.TEXT, splits=True), Fields, "cannot split"),
        (Question(name="a", kind=Kind.TEXT, also=(Kind.PERSON,)), Fields, "cannot be told apart"),
        (Question(name="a", kind=Kind.TEXT, errors=("No",)), Fields, "'No' is no word"),
        (Question(name="a", kind=Kind.CHOICE), Fields, "nothing to choose"),
        (Question(name="a", kind=Kind.PICK), Fields, "no options"),
        (Question(name="a", kind=Kind.PLACE, choices=(Choice("x"),)), Fields, "what the caller brings"),
        (Question(name="a", kind=Kind.CHOICE, options="k", choices=(Choice("x"),)), Fields, "both choices and options"),
        (Question(name="a", kind=Kind.CHOICE, choices=(Choice("x"), Choice("x"))), Fields, "a code twice"),
        (Question(name="a", kind=Kind.CHOICE, choices=(Choice("x"), Choice("y", number=1))), Fields, "a number twice"),
        (Question(name="a", kind=Kind.CHOICE, choices=(Choice("much_too_long"),)), Fields, "1 to 8 letters"),
        (Question(name="a", kind=Kind.CHOICE, choices=(Choice("正常"),)), Fields, "1 to 8 letters"),
        (
            Question(name="a", kind=Kind.CHOICE, choices=tuple(Choice(f"c{n}") for n in range(25))),
            Fields,
            "more than 24",
        ),
        (Question(name="a", kind=Kind.CHOICE, choices=(Choice("yes"), Choice("no"))), Flag, "does not keep 'yes'"),
        (Question(name="a", kind=Kind.CHOICE, choices=(Choice("red"), Choice("blue"))), Coloured, "keep 'blue'"),
        (Question(name="a", kind=Kind.MULTI, choices=(Choice("x"), Choice("w"))), Two, "keep 'w'"),
    ],
)
def test_each_broken_promise_is_named(question, model, said):
    problems = broken(question, model)
    assert [problem for problem in problems if said in problem and problem.startswith("sample.a: ")] != []


def test_sound_questions_of_each_type_of_field_have_no_problems():
    assert broken(Question(name="a", kind=Kind.CHOICE, choices=YES_NO), Flag) == []
    assert broken(Question(name="a", kind=Kind.CHOICE, choices=(Choice("red"),)), Coloured) == []
    assert broken(Question(name="a", kind=Kind.MULTI, choices=(Choice("x"), Choice("y"))), Two) == []


def test_names_are_lower_case_words_and_shared_errors_are_not_taken():
    assert broken(Question(name="a", kind=Kind.TEXT), name="Sample") == ["Sample: the name is no lower-case word"]
    form = Form("sample", Flag, [Question(name="a", kind=Kind.CHOICE, choices=YES_NO)], errors=("required",))
    assert form_problems(form) == ["sample: required is a text all forms share"]
