"""The page's API: looking, acting, the event stream, and keeping other sites out."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from sandbox import server
from tests.sandbox.scene import START, Scene, png, scene


@dataclass
class Page:
    county: Scene
    http: aiohttp.ClientSession

    async def get(self, path: str, **params: Any) -> Any:
        async with self.http.get(f"/api/{path}", params={key: str(value) for key, value in params.items()}) as reply:
            assert reply.status == 200, await reply.text()
            return await reply.json()

    async def post(self, path: str, **body: Any) -> Any:
        async with self.http.post(f"/api/{path}", json=body) as reply:
            assert reply.status == 200, await reply.text()
            return await reply.json()

    async def refused(self, path: str, **body: Any) -> tuple[int, str]:
        async with self.http.post(f"/api/{path}", json=body) as reply:
            return reply.status, (await reply.json())["error"]


@pytest_asyncio.fixture
async def page() -> AsyncIterator[Page]:
    county = scene()
    runner, port = await server.start(county.world, hint={"zh": "试试 /start"})
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
        yield Page(county, http)
    await runner.cleanup()


async def test_the_state_without_a_person_lists_people_and_no_chats(page: Page) -> None:
    state = await page.get("state")
    assert (state["me"], state["chats"]) == (None, [])
    assert state["clock"] == {"now": START.isoformat(), "speed": 0.0}
    assert [user["name"] for user in state["users"]] == ["Ana", "Bo Li"]
    assert state["bots"] == [{"id": page.county.bot.id, "username": "county_bot", "name": "守望"}]
    assert await page.get("hint") == {"zh": "试试 /start"}


async def test_a_person_sees_his_chats_with_what_is_unread(page: Page) -> None:
    county = page.county
    await county.say_as_bot(text="第一行\n第二行")
    state = await page.get("state", **{"as": county.bo.id})
    group, private = state["chats"]
    assert group == {
        "id": county.group.id, "type": "supergroup", "title": "青石镇", "note": "", "members": 3, "unread": 1,
        "role": "成员", "last": {"text": "第一行 第二行", "date": START.isoformat(), "from": "守望"}, "started": True,
        "blocked": False,
    }  # fmt: skip
    assert (private["id"], private["title"], private["started"]) == (county.bo.id, "守望", False)
    await page.post("read", **{"as": county.bo.id}, chat_id=county.group.id)
    assert (await page.get("state", **{"as": county.bo.id}))["chats"][0]["unread"] == 0


async def test_a_message_is_shown_in_full_and_its_html_is_clean(page: Page) -> None:
    county = page.county
    markup = {"inline_keyboard": [[
        {"text": "收到", "callback_data": "a", "style": "success"}, {"text": "开", "url": "https://a.cn"},
        {"text": "抄", "copy_text": {"text": "N1"}},
    ]]}  # fmt: skip
    text = "<b>&lt;img src=x onerror=alert(1)&gt;</b>"
    await county.say_as_bot(text=text, parse_mode="HTML", reply_markup=markup, disable_notification=True)
    (message,) = (await page.get(f"chats/{county.group.id}/messages", **{"as": county.ana.id}))["messages"]
    assert message["html"] == "<b>&lt;img src=x onerror=alert(1)&gt;</b>"
    assert [(button["kind"], button["url"], button["style"]) for button in message["buttons"][0]] == [
        ("callback", None, "success"), ("url", "https://a.cn/", None), ("copy", "N1", None),
    ]  # fmt: skip
    assert (message["own"], message["silent"], message["service"], message["from"]["is_bot"]) == (
        False,
        True,
        None,
        True,
    )


async def test_history_comes_in_pages_oldest_first(page: Page) -> None:
    county = page.county
    for number in range(12):
        await county.world.say(county.ana.id, county.group.id, str(number))
    where = f"chats/{county.group.id}/messages"
    newest = (await page.get(where, **{"as": county.bo.id}, limit=5))["messages"]
    assert [message["text"] for message in newest] == ["7", "8", "9", "10", "11"]
    older = (await page.get(where, **{"as": county.bo.id}, limit=5, before=newest[0]["message_id"]))["messages"]
    assert [message["text"] for message in older] == ["2", "3", "4", "5", "6"]


async def test_a_person_writes_and_shares_from_the_page(page: Page) -> None:
    county, me = page.county, page.county.ana.id
    await page.post("open", **{"as": me}, url="https://t.me/county_bot?start=x1")
    sent = await page.post("send", **{"as": me}, chat_id=me, text="水涨了")
    assert sent["message"]["own"] is True
    await page.post("send", **{"as": me}, chat_id=me, text="真的", reply_to=sent["message"]["message_id"])
    await page.post("location", **{"as": me}, chat_id=me, lat=30.5, lon=110.5, live_period=900)
    await page.post("contact", **{"as": me}, chat_id=me)
    form = aiohttp.FormData({"as": str(me), "chat_id": str(me), "kind": "photo", "caption": "坝"})
    form.add_field("file", png(), filename="a.png", content_type="image/png")
    async with page.http.post("/api/upload", data=form) as reply:
        media = (await reply.json())["message"]["media"]
    assert (media["kind"], media["caption"]) == ("photo", "坝")
    async with page.http.get(media["url"]) as reply:
        assert (reply.content_type, reply.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    updates = [update["message"] for update in await county.updates()]
    assert [update.get("text") for update in updates[:3]] == ["/start x1", "水涨了", "真的"]
    assert updates[2]["reply_to_message"]["text"] == "水涨了"
    assert updates[3]["location"]["live_period"] == 900
    assert updates[4]["contact"]["user_id"] == me
    messages = (await page.get(f"chats/{me}/messages", **{"as": me}))["messages"]
    assert [message["media"] and message["media"]["kind"] for message in messages] == [
        None, None, None, "location", "contact", "photo",
    ]  # fmt: skip


async def test_a_document_is_downloaded_and_never_shown_in_place(page: Page) -> None:
    me = page.county.ana.id
    form = aiohttp.FormData({"as": str(me), "chat_id": str(me), "kind": "document"})
    form.add_field("file", b"<script>alert(1)</script>", filename="a.html", content_type="text/html")
    async with page.http.post("/api/upload", data=form) as reply:
        url = (await reply.json())["message"]["media"]["url"]
    async with page.http.get(url) as reply:
        assert (reply.content_type, reply.headers["Content-Disposition"]) == ("application/octet-stream", "attachment")


async def test_a_press_returns_what_the_bot_answered(page: Page) -> None:
    county = page.county
    await county.with_button()
    where = {"as": county.bo.id, "chat_id": county.group.id, "message_id": 1, "row": 0, "col": 0}
    pressing = asyncio.create_task(page.post("press", **where))
    (update,) = await county.ok("getUpdates", timeout=5)
    await county.ok("answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="已记录")
    assert await pressing == {"answered": True, "text": "已记录", "alert": False, "url": None}
    pressing = asyncio.create_task(page.post("press", **where))
    await county.ok("getUpdates", timeout=5, offset=update["update_id"] + 1)
    county.after(seconds=15)
    assert await pressing == {"answered": False, "text": None, "alert": False, "url": None}


async def test_a_reply_keyboard_is_shown_to_its_person(page: Page) -> None:
    county, me = page.county, page.county.ana.id
    await county.world.say(me, me, "/start")
    await county.say_as_bot(me, reply_markup={"keyboard": [["好", {"text": "位置", "request_location": True}]]})
    message = (await page.get(f"chats/{me}/messages", **{"as": me}))["messages"][-1]
    assert message["keyboard"] == [[
        {"text": "好", "request_contact": False, "request_location": False},
        {"text": "位置", "request_contact": False, "request_location": True},
    ]]  # fmt: skip


async def test_people_and_members_can_be_searched(page: Page) -> None:
    assert [user["name"] for user in (await page.get("users", q="青石"))["users"]] == ["Ana"]
    assert [user["name"] for user in (await page.get("users", q="bo_li"))["users"]] == ["Bo Li"]
    members = (await page.get(f"chats/{page.county.group.id}/members"))["members"]
    assert [(member["name"], member["role"]) for member in members] == [
        ("Ana", "群主"),
        ("Bo Li", "成员"),
        ("守望", "成员"),
    ]


async def test_the_clock_is_turned_from_the_page(page: Page) -> None:
    assert (await page.post("clock", advance_seconds=3600))["now"] == (START + timedelta(hours=1)).isoformat()
    assert (await page.post("clock", speed=60))["speed"] == 60.0
    moment = "2026-07-02T08:00:00+08:00"
    assert (await page.post("clock", speed=0, now=moment))["now"] == "2026-07-02T00:00:00+00:00"
    for change in (
        {"speed": 601},
        {"advance_seconds": -1},
        {"now": "yesterday"},
        {"speed": "fast"},
        {"now": "2026-07-02T08:00:00"},
    ):
        assert (await page.refused("clock", **change))[0] == 400


async def test_blocking_works_from_the_page(page: Page) -> None:
    county, me = page.county, page.county.ana.id
    await page.post("block", **{"as": me}, bot_id=county.bot.id, blocked=True)
    state = await page.get("state", **{"as": me})
    assert [chat["blocked"] for chat in state["chats"] if chat["type"] == "private"] == [True]
    await page.post("block", **{"as": me}, bot_id=county.bot.id, blocked=False)
    assert (await page.refused("block", **{"as": me}, bot_id=5, blocked=True))[0] == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("send", {"chat_id": 1, "text": "x"}),
        ("send", {"as": 424242, "chat_id": 1, "text": "x"}),
        ("send", {"as": "bot", "chat_id": 1, "text": "x"}),
        ("send", {"as": 10001, "text": "x"}),
        ("send", {"as": 10001, "chat_id": -5, "text": "x"}),
        ("send", {"as": 10001, "chat_id": 10001, "text": "  "}),
        ("press", {"as": 10001, "chat_id": 10001, "message_id": 1, "row": 0, "col": 0}),
        ("location", {"as": 10001, "chat_id": 10001, "lat": "x", "lon": 1}),
        ("open", {"as": 10001, "url": "https://example.org"}),
        ("upload", {"as": 10001, "chat_id": 10001, "kind": "photo"}),
    ],
)
async def test_what_a_person_cannot_do_is_refused_in_words(page: Page, path: str, body: dict[str, Any]) -> None:
    status, error = await page.refused(path, **body)
    assert status == 400
    assert error


async def test_other_sites_are_kept_out(page: Page) -> None:
    body = {"as": page.county.ana.id, "chat_id": page.county.ana.id, "text": "x"}
    async with page.http.post("/api/send", json=body, headers={"Origin": "https://evil.example"}) as reply:
        assert reply.status == 403
    async with page.http.get("/api/state", headers={"Host": "evil.example"}) as reply:
        assert reply.status == 403
    form = {key: str(value) for key, value in body.items()}
    async with page.http.post("/api/send", data=form) as reply:
        assert reply.status == 400
    own = str(page.http._base_url).rstrip("/")
    async with page.http.post("/api/send", json=body, headers={"Origin": own}) as reply:
        assert reply.status == 200
    async with page.http.get("/api/nothing") as reply:
        assert (reply.status, reply.content_type) == (404, "application/json")


async def test_the_event_stream_tells_a_person_what_concerns_him(page: Page) -> None:
    county = page.county
    async with page.http.get("/api/events", params={"as": str(county.bo.id)}) as stream:
        assert stream.content_type == "text/event-stream"
        assert await stream.content.readline() == b": hello\n"
        await county.world.say(county.ana.id, county.ana.id, "私事")  # none of his business
        await county.say_as_bot(text="点名")
        await county.ok("editMessageText", chat_id=county.group.id, message_id=1, text="点名二")
        county.world.pin(county.group.id, 1)
        await county.ok("deleteMessage", chat_id=county.group.id, message_id=1)
        county.after(hours=1)
        events = []
        while len(events) < 6:
            line = await asyncio.wait_for(stream.content.readline(), 5)
            if line.startswith(b"data: "):
                events.append(json.loads(line.removeprefix(b"data: ")))
    assert [event["type"] for event in events] == ["message", "edit", "pin", "message", "delete", "clock"]
    assert {event["chat_id"] for event in events[:5]} == {county.group.id}
    assert events[0]["message"]["text"] in ("点名", "点名二")  # shown as it is when the line is written
    assert events[1]["message"]["text"] == "点名二"
    assert events[3]["message"]["service"] == "Ana 置顶了消息：点名二"
    assert events[4]["message_id"] == 1
    assert events[5]["now"] == (START + timedelta(hours=1)).isoformat()


async def test_the_page_itself_is_served_with_a_strict_policy(page: Page) -> None:
    async with page.http.get("/") as reply:
        assert reply.status == 200
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    async with page.http.get("/app.js") as reply:
        assert "javascript" in reply.content_type
    async with page.http.get("/%2e%2e/server.py") as reply:
        assert reply.status == 404


async def test_a_person_corrects_deletes_and_reacts_from_the_page(page: Page) -> None:
    county, me = page.county, page.county.ana.id
    await county.say_as_bot()
    where = {"as": me, "chat_id": county.group.id}
    await page.post("react", **where, message_id=1, emoji="👍")
    sent = await page.post("send", **where, text="改前")
    number = sent["message"]["message_id"]
    edited = await page.post("edit", **where, message_id=number, text="改后")
    assert (edited["message"]["text"], edited["message"]["edit_date"]) == ("改后", START.isoformat())
    messages = (await page.get(f"chats/{county.group.id}/messages", **{"as": me}))["messages"]
    assert messages[0]["reactions"] == ["👍"]
    await page.post("delete", **where, message_id=number)
    assert list(county.group.messages) == [1]
    assert (await page.refused("edit", **where, message_id=1, text="x"))[0] == 400
    assert (await page.refused("delete", **{**where, "as": county.bo.id}, message_id=1))[0] == 400
