"""Settings of a channel, what is put into it, and what follows from a try: rule by rule."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.channels import (
    TRIES,
    OtherChannel,
    SideState,
    Tried,
    after_try,
    fill_document,
    fill_url,
    first_fitting,
    plain_text,
    to_persons,
    to_places,
    was_accepted,
)
from domain.colours import Colour
from domain.places import PlaceCode
from domain.policy import CountyPolicy
from domain.text import Html

AT = datetime(2026, 6, 20, tzinfo=UTC)
SMS: dict[str, Any] = {
    "name": "sms",
    "label": "短信",
    "kind": "sms_json",
    "url": "https://sms.example/send",
    "body": '{"to": "{phone}", "text": "{text}"}',
}
ROBOT: dict[str, Any] = {
    "name": "robot",
    "label": "镇企业微信群",
    "kind": "apprise",
    "url": "wecombot://{key}",
    "reaches": "331124001",
    "secret_file": "/run/secrets/robot",
}


def channel(base: dict[str, Any], **more: Any) -> OtherChannel:
    return OtherChannel.model_validate(base | more)


# -- settings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "wrong"),
    [
        (SMS, {"name": "SMS 1"}),
        (SMS, {"url": "ftp://sms.example"}),
        (SMS, {"url": "https://user:word@sms.example"}),
        (SMS, {"body": "to={phone}&text={text}"}),
        (SMS, {"body": '{"to": "{phone}"}'}),
        (SMS, {"body": '{"to": "{number}", "text": "{text}"}'}),
        (SMS, {"body": '{"text": "{text}"}'}),
        (SMS, {"body": '{"to": "{address}", "text": "{text}"}'}),
        (SMS, {"headers": {"X-Key": "{key}"}}),
        (SMS, {"longest": 20}),
        (SMS, {"reaches": "331124001"}),
        (ROBOT, {"reaches": "persons"}),
        (ROBOT, {"reaches": "石梁镇"}),
        (ROBOT, {"secret_file": None}),
        (ROBOT, {"accepted": {"code": 0}}),
    ],
)
def test_a_channel_that_could_not_work_is_refused(base: dict[str, Any], wrong: dict[str, Any]) -> None:
    channel(base)
    with pytest.raises(ValidationError):
        channel(base, **wrong)


def test_two_channels_of_one_name_are_refused() -> None:
    with pytest.raises(ValidationError, match="two channels of one name"):
        CountyPolicy.model_validate({"channels": [SMS, SMS]})


def test_an_sms_is_short_costs_money_and_is_for_grave_warnings_where_nothing_else_is_said() -> None:
    sms, robot = channel(SMS), channel(ROBOT)
    assert (sms.limit, sms.is_paid, sms.colours) == (70, True, {Colour.ORANGE, Colour.RED})
    assert (robot.limit, robot.is_paid) == (2000, False)
    assert [sms.repeats_in_doubt(colour) for colour in Colour] == [False, False, False, True]
    assert robot.repeats_in_doubt(Colour.BLUE)


def test_groups_elsewhere_hear_of_their_own_place_of_what_lies_below_and_of_what_they_belong_to() -> None:
    robot = channel(ROBOT)
    for covered, hears in {"331124": True, "331124001": True, "331124001002": True, "331124002": False}.items():
        assert bool(to_places([robot], Colour.RED, [PlaceCode(covered)])) == hears
    assert to_persons([robot, channel(SMS)], Colour.RED) == [channel(SMS)]
    assert to_persons([channel(SMS)], Colour.YELLOW) == []


# -- what is put in ---------------------------------------------------------------------------------------------


def test_an_address_can_never_change_where_a_url_leads() -> None:
    evil = "a@b.cn/?to=evil@x.cn&cc=#@host"
    assert fill_url("mailtos://host?to={address}", {"address": evil}) == (
        "mailtos://host?to=a%40b.cn%2F%3Fto%3Devil%40x.cn%26cc%3D%23%40host"
    )


@given(st.text(), st.text())
def test_whatever_the_words_hold_they_stay_text_of_the_document(phone: str, text: str) -> None:
    template = '{"a": [{"to": "{phone}"}], "text": "【县】{text}", "n": 3, "keep": "{other}"}'
    assert fill_document(template, {"phone": phone, "text": text}) == {
        "a": [{"to": phone}],
        "text": f"【县】{text}",
        "n": 3,
        "keep": "{other}",
    }


def test_success_is_what_the_settings_call_success() -> None:
    assert was_accepted({"code": 0}, {"code": 0})
    assert was_accepted({"code": "0", "r": {"ok": True}}, {"code": 0, "r.ok": True})
    assert was_accepted({"anything": 1}, {})
    for answer in ({"code": 1}, {}, None, [], "0", {"code": None}):
        assert not was_accepted(answer, {"code": 0})


def test_the_fullest_form_that_fits_is_taken_and_the_shortest_where_none_does() -> None:
    assert first_fitting(["long long", "short", "s"], 6) == "short"
    assert first_fitting(["long long", "short", "xs"], 1) == "xs"


def test_words_lose_their_dress_and_nothing_else() -> None:
    assert plain_text(Html("🔴 <b>红色</b>\n雨 &lt;大&gt; &amp; 风")) == "🔴 红色\n雨 <大> & 风"


# -- what follows from a try ------------------------------------------------------------------------------------


def test_a_try_that_did_not_arrive_is_repeated_twice_with_growing_pauses() -> None:
    after = [after_try(Tried.AGAIN, AT, attempts=n, doubts=0, repeats=False) for n in (1, 2, 3)]
    assert [one.state for one in after] == [SideState.RETRY, SideState.RETRY, SideState.FAILED]
    assert [one.due_at for one in after] == [AT + timedelta(seconds=10), AT + timedelta(seconds=60), None]


@pytest.mark.parametrize("repeats", [True, False])
def test_a_doubt_is_repeated_at_most_once_and_only_where_a_copy_is_worth_it(repeats: bool) -> None:
    first = after_try(Tried.UNKNOWN, AT, attempts=1, doubts=0, repeats=repeats)
    second = after_try(Tried.UNKNOWN, AT, attempts=2, doubts=1, repeats=repeats)
    assert first.state is (SideState.RETRY if repeats else SideState.FAILED)
    assert second.state is SideState.FAILED


@given(
    st.lists(st.sampled_from([Tried.AGAIN, Tried.UNKNOWN, Tried.SENT, Tried.REFUSED]), min_size=TRIES, max_size=9),
    st.booleans(),
)
def test_whatever_happens_there_are_at_most_three_tries_and_one_copy(outcomes: list[Tried], repeats: bool) -> None:
    attempts = doubts = 0
    for tried in outcomes:
        after = after_try(tried, AT, attempts=attempts + 1, doubts=doubts, repeats=repeats)
        attempts, doubts = attempts + 1, doubts + (tried is Tried.UNKNOWN)
        if after.state is not SideState.RETRY:
            break
    assert attempts <= TRIES
    assert doubts <= (2 if repeats else 1)


def test_the_secret_is_a_file_and_never_a_setting() -> None:
    assert channel(ROBOT).secret_file == Path("/run/secrets/robot")
    with pytest.raises(ValidationError):
        channel(ROBOT, secret="abc")
