"""From a paper slip or one's own number to an account that belongs to one person, and all the ways in which not."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from domain.enrolment import IssuedLink
from domain.errors import DomainError, NotAllowed
from domain.people import FORBIDDEN_ACCOUNTS, Person, PrivateChat
from domain.places import PlaceCode
from services.enrolment import Enrolment, enrol_by_contact, enrol_by_link, issue_links, issue_links_at_console
from services.ladder import Voice
from services.office import release_account
from services.work import Work
from tests.support.county import (
    COUNTY,
    DUTY,
    FAR_STATION,
    GRID,
    HEAD,
    NEIGHBOUR_HEAD,
    OFFICER,
    STATION,
    STRANGER,
    TOWNSHIP,
    VILLAGE,
    County,
    Someone,
)

NEW_PHONE = Someone(7_999_999, "外地游客", "13899999999")
"""the stranger's account, for somebody of the roster on a new telephone"""


async def links(county: County, place: PlaceCode = VILLAGE, officer: Someone | None = None) -> list[IssuedLink]:
    async def service(work: Work) -> list[IssuedLink]:
        if officer is None:
            return await issue_links_at_console(work, place)
        return await issue_links(work, await work.rows.people.by_user(officer.user_id), place)

    found: list[IssuedLink] = await county.run(service)
    return found


async def untied(county: County, who: Someone) -> None:
    """The person is in the roster and has no account."""
    await county.run(lambda work: work.rows.people.release_account(county.ids[who.user_id]))


def code(link: IssuedLink) -> str:
    return link.url.partition("?start=e_")[2]


async def link_for(county: County, who: Someone) -> IssuedLink:
    await untied(county, who)
    return next(one for one in await links(county) if one.person_id == county.ids[who.user_id])


async def follow(county: County, who: Someone, link: IssuedLink) -> None:
    await county.open_link(who, f"e_{code(link)}")


async def contact(county: County, who: Someone, **more: Any) -> None:
    await county.world.send_contact(who.user_id, who.user_id, **more)
    await county.settle()


# -- links ----------------------------------------------------------------------------------------------------------


async def test_a_link_from_the_sheet_ties_the_account_and_greets_with_posts_and_help(county: County) -> None:
    link = await link_for(county, GRID)
    await follow(county, GRID, link)
    (greeting,) = county.new(GRID)
    assert greeting.splitlines()[:2] == ["王大爷，登记好了。", "您的岗位：石梁镇·上坞村的网格员。"]
    assert greeting.splitlines()[2:] == [county.bot.words.text("help.field")]
    person = await county.person(GRID)
    assert (person.user_id, person.private_chat) == (GRID.user_id, PrivateChat.OPEN)


async def test_a_code_carries_128_bits_fits_telegram_and_is_kept_only_as_a_hash(county: County) -> None:
    link = await link_for(county, GRID)
    payload = link.url.partition("?start=")[2]
    assert len(code(link)) >= 22
    assert len(payload) <= 64
    assert set(payload) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
    assert code(link) not in repr(link)
    dumped = "".join(str(row) for row in await everything(county))
    assert code(link) not in dumped


async def everything(county: County) -> list[object]:
    """Every row of the database that the issuing of links may have touched."""

    async def look(connection: Any) -> list[object]:
        tables = ("enrolment_link", "timeline", "outbox", "person")
        return [row for name in tables for row in await connection.execute(sa.text(f"SELECT * FROM {name}"))]

    return await county.bot.database.read(look)


async def test_a_code_is_in_no_line_of_the_log(county: County, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    link = await link_for(county, GRID)
    await follow(county, GRID, link)
    await follow(county, STRANGER, link)
    await county.forge(GRID, f"zz:{code(link)}")
    said = [record.getMessage() for record in caplog.records]
    assert said, "the unknown button is worth a line"
    assert [line for line in said if code(link) in line] == []
    county.seen_all()


async def test_of_a_hundred_who_use_one_link_at_once_exactly_one_gets_in(county: County) -> None:
    link = await link_for(county, GRID)

    async def attempt(user_id: int) -> Enrolment:
        return await county.bot.doors.run(lambda work: enrol_by_link(work, user_id, code(link)))

    results = await asyncio.gather(*(attempt(8_000_000 + number) for number in range(100)))
    assert sorted(result.kind for result in results) == ["enrolled", *["link_used"] * 99]
    assert (await county.person(GRID)).user_id in range(8_000_000, 8_000_100)
    county.seen_all()


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        ("wrong", "这个登记链接不对，可能没有扫完整。请再扫一次，或按“我在名册里”。"),
        ("expired", "这个登记链接过期了。请按“我在名册里”，或找乡镇应急站要新的。"),
        ("replaced", "这个登记链接已经换新了，请用最近发的那一张，或按“我在名册里”。"),
    ],
)
async def test_a_link_that_is_no_good_is_refused_with_its_reason(county: County, spoil: str, text: str) -> None:
    link = await link_for(county, GRID)
    payload = f"e_{code(link)}"
    if spoil == "wrong":
        payload = f"e_{code(link)[:-1]}"
    elif spoil == "expired":
        county.clock.advance(timedelta(hours=72))
    else:
        await links(county)
    await county.open_link(GRID, payload)
    assert county.new(GRID) == [text]
    assert (await county.person(GRID)).user_id is None


async def test_opening_ones_own_link_again_is_no_fault(county: County) -> None:
    link = await link_for(county, GRID)
    await follow(county, GRID, link)
    county.seen_all()
    await follow(county, GRID, link)
    assert county.new(GRID) == ["王大爷，您已经登记好了，不用再登记。发 /me 看您的岗位。"]


async def test_a_used_link_in_strange_hands_is_told_to_the_desk(county: County) -> None:
    link = await link_for(county, GRID)
    await follow(county, GRID, link)
    county.seen_all()
    await follow(county, STRANGER, link)
    assert county.new(STRANGER) == ["这个登记链接已经用过了。如果不是您用的，请马上告诉乡镇应急站。"]
    assert "他的登记链接用过一次了" in county.last(STATION)
    county.seen_all()


async def test_links_are_for_those_without_an_account_only(county: County) -> None:
    await untied(county, GRID)
    await untied(county, NEIGHBOUR_HEAD)
    village = await links(county, VILLAGE)
    township = await links(county, TOWNSHIP)
    assert [one.name for one in village] == ["王大爷"]
    assert [(one.name, one.village_name) for one in township] == [
        ("王大爷", "石梁镇·上坞村"),
        ("岭下书记", "石梁镇·岭下村"),
    ]
    assert [one.tail for one in township] == ["0008", "0010"]


@pytest.mark.parametrize("who", [HEAD, OFFICER, FAR_STATION])
async def test_only_the_desks_of_the_place_issue_links(county: County, who: Someone) -> None:
    with pytest.raises(NotAllowed):
        await links(county, VILLAGE, who)


async def test_station_and_county_issue_links(county: County) -> None:
    await untied(county, GRID)
    assert [one.name for one in await links(county, VILLAGE, STATION)] == ["王大爷"]
    assert [one.name for one in await links(county, COUNTY, DUTY)] == ["王大爷"]


# -- the own number ---------------------------------------------------------------------------------------------------


async def test_who_is_in_the_roster_enrols_with_his_own_number(county: County) -> None:
    await untied(county, GRID)
    await county.say(GRID, "/start")
    assert "责任人请按“我在名册里”登记。" in county.last(GRID)
    await county.press(GRID, "我在名册里")
    markup = county.messages(GRID.user_id)[-1].markup
    assert markup is not None
    key = markup["keyboard"][0][0]
    assert (key["text"], key["request_contact"]) == ("发送手机号", True)
    county.seen_all()
    await contact(county, GRID)
    assert county.last(GRID).startswith("王大爷，登记好了。")
    assert (await county.person(GRID)).user_id == GRID.user_id


async def test_a_contact_of_somebody_else_is_refused_kindly_and_counts_as_no_try(county: County) -> None:
    await untied(county, GRID)
    for _ in range(7):
        await contact(county, STRANGER, contact_user=GRID.user_id)
    assert set(county.new(STRANGER)) == {"登记要用您自己的号码，别人的、转发的名片不能用。请按下面的“发送手机号”。"}
    assert (await county.person(GRID)).user_id is None


@pytest.mark.parametrize(
    "forged", [{"contact_of": None}, {"contact_of": 1}, {"contact_of": 8_000_001, "forwarded": True}]
)
async def test_a_contact_counts_only_as_the_senders_own_and_not_forwarded(
    county: County, forged: dict[str, Any]
) -> None:
    await untied(county, GRID)
    how = {"forwarded": False, **forged}
    result = await county.run(lambda work: enrol_by_contact(work, 8_000_001, GRID.phone, **how))
    assert result.kind == "not_own"


async def test_a_number_that_is_not_in_the_roster_is_sent_to_the_station(county: County) -> None:
    await contact(county, STRANGER)
    assert county.new(STRANGER) == [
        "名册里没有您这个手机号。请把姓名、手机号和岗位告诉乡镇应急站，他们加好后您再按一次。"
    ]


@pytest.mark.parametrize("written", ["+86{}", "0086{}", "86{}", "{}", "+86 {}"])
async def test_the_countrys_prefix_does_not_matter(county: County, written: str) -> None:
    await untied(county, GRID)
    result = await county.run(
        lambda work: enrol_by_contact(work, GRID.user_id, written.format(GRID.phone), GRID.user_id)
    )
    assert result.kind == "enrolled"
    county.seen_all()


@pytest.mark.parametrize("account", sorted(FORBIDDEN_ACCOUNTS))
async def test_accounts_that_stand_for_many_people_are_never_anybodys(county: County, account: int) -> None:
    link = await link_for(county, GRID)
    with pytest.raises(DomainError):
        await county.run(lambda work: enrol_by_link(work, account, code(link)))
    with pytest.raises(DomainError):
        await county.run(lambda work: enrol_by_contact(work, account, GRID.phone, account))
    assert (await county.person(GRID)).user_id is None


# -- one account, one person ----------------------------------------------------------------------------------------


async def test_a_second_account_of_a_person_needs_the_station_to_release_the_first(county: County) -> None:
    await contact(county, NEW_PHONE, phone=f"+86{GRID.phone}")
    assert "已经用另一个账号登记过" in county.last(NEW_PHONE)
    assert county.last(STATION) == (
        "登记没有成功，请核对\n名册：王大爷（石梁镇·上坞村的网格员）\n"
        "他已经用另一个账号登记过，现在这个账号又来登记。如果是他本人换了手机，请解除旧账号。\n请先打电话问清楚，再按按钮。"
    )
    assert county.new(DUTY) == []
    await county.press(STATION, "解除王大爷的账号")
    assert county.last(STATION) == "王大爷的账号已解除。他可以用新账号重新登记。"
    assert county.last(GRID) == (
        "王大爷，您的账号已和名册解除，这里暂时不发预警和任务。如果弄错了，请马上找乡镇应急站。"
    )
    await contact(county, NEW_PHONE, phone=f"+86{GRID.phone}")
    assert county.last(NEW_PHONE).startswith("王大爷，登记好了。")
    assert (await county.person(GRID)).user_id == NEW_PHONE.user_id


async def test_an_account_of_one_person_cannot_become_that_of_another(county: County) -> None:
    await untied(county, GRID)
    await contact(county, OFFICER, phone=f"+86{GRID.phone}")
    assert "您这个账号已经登记给另一位同志了" in county.last(OFFICER)
    assert "这个账号已经登记给陈应急" in county.last(STATION)
    assert (await county.person(GRID)).user_id is None
    assert (await county.person(OFFICER)).user_id == OFFICER.user_id


async def test_an_old_button_does_not_release_a_new_account(county: County) -> None:
    await contact(county, NEW_PHONE, phone=f"+86{GRID.phone}")
    _, data = county.button(STATION.user_id, "解除王大爷的账号", STATION)
    await county.press(STATION, "解除王大爷的账号")
    await contact(county, NEW_PHONE, phone=f"+86{GRID.phone}")
    pressed = await county.forge(STATION, data)
    assert pressed.text == "这个按钮已过期，情况有变化，没有改动任何内容。"
    assert (await county.person(GRID)).user_id == NEW_PHONE.user_id
    county.seen_all()


@pytest.mark.parametrize("who", [GRID, HEAD, FAR_STATION])
async def test_nobody_but_the_desks_of_the_place_releases_an_account(county: County, who: Someone) -> None:
    await county.say(who, "/help")
    pressed = await county.forge(who, f"r:free:{county.ids[OFFICER.user_id]}:{OFFICER.user_id}")
    assert "不在您名册登记的职责之内" in (pressed.text or "")
    assert (await county.person(OFFICER)).user_id == OFFICER.user_id
    county.seen_all()


async def test_releasing_ends_a_dialogue_in_its_middle(county: County) -> None:
    await county.say(OFFICER, "/leave")
    assert "您请假时谁顶岗" in county.last(OFFICER)
    _, data = county.button(OFFICER.user_id, "李书记", OFFICER)
    await county.run(lambda work: _released_by_station(work, county.ids[OFFICER.user_id]))
    pressed = await county.forge(OFFICER, data)
    assert pressed.text is not None
    assert await county.run(lambda work: work.rows.dialogues.get(OFFICER.user_id, OFFICER.user_id)) is None
    assert (await county.run(lambda work: work.rows.leave.of_person(county.ids[OFFICER.user_id], ("asked",)))) == []
    county.seen_all()


async def _released_by_station(work: Work, person_id: int) -> Person:
    return await release_account(work, await work.rows.people.by_user(STATION.user_id), person_id)


# -- too many tries ---------------------------------------------------------------------------------------------------


async def test_after_five_failed_tries_within_an_hour_even_a_good_link_waits(county: County) -> None:
    link = await link_for(county, GRID)
    for number in range(5):
        await county.open_link(GRID, f"e_{'x' * 31}{number}")
    county.seen_all()
    await follow(county, GRID, link)
    assert county.new(GRID) == ["试的次数多了，请过 1小时 再来。已告诉应急站，也可以直接找他们。"]
    assert county.new(STATION) == [
        "有一个账号一小时内登记了 5 次都没有成功，已暂停。看是谁。如果是本单位的同志，请核对名册里的手机号。"
    ]
    county.clock.advance(timedelta(minutes=30))
    await follow(county, GRID, link)
    assert "请过 30分钟 再来" in county.last(GRID)
    assert county.new(STATION) == []
    county.clock.advance(timedelta(minutes=31))
    await follow(county, GRID, link)
    assert county.last(GRID).startswith("王大爷，登记好了。")


# -- what follows -----------------------------------------------------------------------------------------------------


async def test_whoever_enrols_while_something_is_open_is_asked_at_once(county: County) -> None:
    await untied(county, GRID)
    await county.warn(places=[VILLAGE])
    county.seen_all()
    await contact(county, GRID)
    said = county.new(GRID)
    assert len(said) == 2
    assert any(text.startswith("王大爷，登记好了。") for text in said)
    assert any("暴雨橙色预警" in text for text in said)
    owed = await county.run(lambda work: work.rows.obligations.open_of_person(county.ids[GRID.user_id]))
    assert [one.reachable for one in owed] == [True]
    await county.press(GRID, "收到")
    county.seen_all()


class Heard:
    """A voice that only listens."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    async def remind(self, work: Work, owed: Any, person: Person) -> None:
        raise AssertionError

    async def hand_up(self, work: Work, rung: Any, to: Person, owed: Any) -> None:
        raise AssertionError

    async def ask_again(self, work: Work, person: Person, owed: Any) -> None:
        self.asked.append((person.id, len(owed)))


async def test_open_questions_are_put_by_the_feature_they_belong_to(county: County) -> None:
    await untied(county, GRID)
    await county.warn(places=[VILLAGE])
    voice: Voice = Heard()
    await county.run(
        lambda work: enrol_by_contact(work, GRID.user_id, GRID.phone, GRID.user_id, voices={"warning": voice})
    )
    assert voice.asked == [(county.ids[GRID.user_id], 1)]  # type: ignore[attr-defined]
    county.seen_all()


# -- the first words ----------------------------------------------------------------------------------------------


async def test_start_greets_who_is_known_with_his_posts(county: County) -> None:
    await county.say(GRID, "/start")
    assert county.last(GRID) == (
        "王大爷，您好。这里是松阳县应急值守机器人“守望”。\n您的职责：石梁镇·上坞村的网格员。\n"
        "预警、巡查和抽查会发到这里，请不要屏蔽。发 /help 看能做什么。"
    )


async def test_start_after_a_block_opens_the_chat_again_and_asks_what_is_open(county: County) -> None:
    county.world.block_bot(GRID.user_id)
    await county.settle()
    assert (await county.person(GRID)).private_chat is PrivateChat.BLOCKED
    await county.warn(places=[VILLAGE])
    assert county.new(GRID) == []
    county.world.unblock_bot(GRID.user_id)
    await county.settle()
    assert (await county.person(GRID)).private_chat is PrivateChat.OPEN
    assert any("暴雨橙色预警" in text for text in county.new(GRID))
    county.seen_all()


async def test_a_stranger_is_offered_both_ways_and_nothing_more(county: County) -> None:
    await county.say(STRANGER, "/start")
    assert county.last(STRANGER) == (
        "您好。这里是松阳县应急值守机器人“守望”。\n责任人请按“我在名册里”登记。\n"
        "群众发现险情，请按“上报险情”；情况紧急，先离开，先打电话。"
    )
    labels = [one["text"] for row in county.messages(STRANGER.user_id)[-1].buttons for one in row]
    assert labels == ["我在名册里", "上报险情"]


async def test_start_in_a_group_is_met_with_silence(county: County) -> None:
    await county.say(HEAD, "/start@shouwang_test_bot e_abc", county.village_group)
    assert county.new(county.village_group) == []
