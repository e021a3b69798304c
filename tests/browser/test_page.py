"""The sandbox's page in a real browser: what a person at the keyboard can do, seen from outside."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.line import Line
from tests.browser.stage import PATIENCE_MS, PHONE, OpenPage, Site, bubble, write

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

expect.set_options(timeout=PATIENCE_MS)


# ---- whom one plays ----


async def test_a_visitor_chooses_somebody_and_sees_his_chats(site: Site, open_page: OpenPage) -> None:
    person = site.person("吴春梅", "上坞村 网格员")
    site.group("上坞村工作群", person)
    page = await open_page()

    dialog = page.get_by_role("dialog", name="您想扮演谁？")
    await dialog.get_by_role("searchbox").fill("吴春梅")
    await dialog.get_by_role("button", name="上坞村 网格员").click()

    await expect(page.locator("#me")).to_contain_text("吴春梅")
    await expect(page.locator("#chats .chat-title")).to_have_text(["小助手", "上坞村工作群"])
    assert page.url.endswith(f"#as={person.id}")


async def test_a_switch_keeps_the_group_and_shows_it_through_other_eyes(site: Site, open_page: OpenPage) -> None:
    anna, boris = site.person("安娜"), site.person("鲍里斯")
    chat = site.group("同一个群", anna, boris)
    await site.world.say(anna.id, chat, "我到了")
    page = await open_page(anna, chat)
    await expect(page.locator("article.own")).to_contain_text("我到了")

    await page.get_by_role("button", name="群成员").click()
    await page.get_by_role("dialog").get_by_role("button", name="鲍里斯").click()

    await expect(page.locator("#me")).to_contain_text("鲍里斯")
    await expect(page.locator("article:not(.own)")).to_contain_text("安娜")
    assert page.url.endswith(f"#as={boris.id}&chat={chat}")


async def test_a_switch_in_a_private_chat_leads_to_the_other_ones_private_chat(site: Site, open_page: OpenPage) -> None:
    anna, boris = site.person("安娜甲"), site.person("鲍里斯乙")
    page = await open_page(anna, site.private(anna))

    await page.get_by_role("button", name="换人", exact=True).click()
    await page.get_by_role("dialog").get_by_role("searchbox").fill("鲍里斯乙")
    await page.get_by_role("dialog").get_by_role("button", name="鲍里斯乙").click()

    await expect(page.get_by_role("button", name="开始", exact=True)).to_be_visible()
    assert page.url.endswith(f"#as={boris.id}&chat={boris.id}")


# ---- messages come and go ----


async def test_a_message_arrives_while_one_is_looking(site: Site, open_page: OpenPage) -> None:
    reader, writer = site.person("读者"), site.person("作者")
    chat = site.group("现场群", reader, writer)
    page = await open_page(reader, chat)
    await expect(page.get_by_text("这里还没有消息。")).to_be_visible()

    await site.world.say(writer.id, chat, "桥头水漫上来了")

    await expect(bubble(page, "桥头水漫上来了")).to_contain_text("作者")
    await expect(page.locator("#announce")).to_have_text("作者：桥头水漫上来了")


async def test_a_message_in_another_chat_counts_as_unread_until_it_is_opened(site: Site, open_page: OpenPage) -> None:
    reader, writer = site.person("读者丙"), site.person("作者丙")
    here, elsewhere = site.group("打开的群", reader, writer), site.group("别的群", reader, writer)
    page = await open_page(reader, here)
    row = page.locator(f".chat[data-id='{elsewhere}']")

    await site.world.say(writer.id, elsewhere, "看到请回")

    await expect(row).to_contain_text("作者丙：看到请回")
    await expect(row.locator(".unread")).to_have_text("1")
    await row.click()
    await expect(bubble(page, "看到请回")).to_be_visible()
    await expect(row.locator(".unread")).to_have_count(0)


async def test_one_writes_and_replies(site: Site, open_page: OpenPage) -> None:
    anna, boris = site.person("安娜丁"), site.person("鲍里斯丁")
    chat = site.group("回复群", anna, boris)
    await site.world.say(boris.id, chat, "谁在村口？")
    page = await open_page(anna, chat)

    await bubble(page, "谁在村口？").locator(".text").click()
    await bubble(page, "谁在村口？").get_by_role("button", name="回复").click()
    await write(page, "我在")

    mine = page.locator("article.own")
    await expect(mine.locator(".quote")).to_contain_text("谁在村口？")
    await expect(mine.locator(".text")).to_have_text("我在")
    await expect(page.get_by_role("textbox", name="写消息")).to_have_value("")


async def test_what_was_typed_comes_back_when_it_cannot_be_sent(site: Site, open_page: OpenPage) -> None:
    anna = site.person("安娜戊")
    chat = site.group("禁言群", anna)
    site.world.set_permissions(chat, can_send_messages=False)
    page = await open_page(anna, chat)

    await write(page, "很长的一段话")

    await expect(page.get_by_role("alert")).to_contain_text("禁言")
    await expect(page.get_by_role("textbox", name="写消息")).to_have_value("很长的一段话")


async def test_history_is_read_upwards_and_new_messages_do_not_move_it(site: Site, open_page: OpenPage) -> None:
    reader, writer = site.person("读者己"), site.person("作者己")
    chat = site.group("长群", reader, writer)
    for number in range(1, 121):
        await site.world.say(writer.id, chat, f"第{number}条。")
    page = await open_page(reader, chat)
    await expect(bubble(page, "第120条。")).to_be_in_viewport()
    assert await page.locator("article").count() == 50

    to_top = "log => { log.scrollTop = 0; return log.querySelectorAll('article')[1].getBoundingClientRect().top }"
    top = await page.locator("#log").evaluate(to_top)
    await expect(bubble(page, "第21条。")).to_be_attached()
    before = await bubble(page, "第72条。").bounding_box()
    assert before is not None
    assert before["y"] == pytest.approx(top, abs=1)
    await site.world.say(writer.id, chat, "刚刚到的")
    await expect(page.get_by_role("button", name="1 条新消息")).to_be_visible()
    assert await bubble(page, "第72条。").bounding_box() == before

    await page.get_by_role("button", name="1 条新消息").click()
    await expect(bubble(page, "刚刚到的")).to_be_in_viewport()


async def test_what_was_missed_while_the_line_was_down_is_caught_up_with(site: Site, open_page: OpenPage) -> None:
    reader, writer = site.person("读者庚"), site.person("作者庚")
    chat = site.group("断线群", reader, writer)
    kept = await site.world.say(writer.id, chat, "原来的话")
    gone = await site.world.say(writer.id, chat, "要删的话")
    async with Line(site.url) as line:
        page = await open_page(reader, chat, through=line)
        await expect(bubble(page, "要删的话")).to_be_visible()

        await line.cut()
        await expect(page.get_by_text("连接断了，正在重新连…")).to_be_visible()
        await site.world.edit_message(writer.id, chat, kept.id, "改过的话")
        await site.world.delete_message(writer.id, chat, gone.id)
        await site.world.say(writer.id, chat, "断线时说的话")
        await line.mend()

        await expect(page.locator("article .text")).to_have_text(["改过的话", "断线时说的话"])
        await expect(page.get_by_text("连接断了，正在重新连…")).not_to_be_visible()
        await page.goto("about:blank")


async def test_a_link_from_another_world_says_so_and_lets_one_choose(site: Site, open_page: OpenPage) -> None:
    page = await open_page(query="#as=987654321&chat=-5")

    await expect(page.get_by_role("alert")).to_contain_text("987654321")
    await page.get_by_role("button", name="选人").click()
    await expect(page.get_by_role("dialog", name="您想扮演谁？")).to_be_visible()


async def test_the_help_says_what_the_server_gives_and_stays_closed(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site.person("新来的"))
    await expect(page.get_by_role("heading", name="第一次来？")).not_to_be_visible()

    await page.get_by_role("button", name="帮助").click()
    await expect(page.locator("#help li")).to_have_text(["先看一条<b>预警</b>。", "再换一个人回答。"])
    await page.get_by_role("button", name="知道了").click()
    await page.reload()
    await expect(page.locator("#me")).to_contain_text("新来的")
    await expect(page.get_by_role("heading", name="第一次来？")).not_to_be_visible()


async def test_hostile_words_are_only_words(site: Site, open_page: OpenPage) -> None:
    reader, writer = site.person("<img src=x onerror=document.title='broken'>"), site.person("<b>作者</b>")
    chat = site.group("<script>document.title='broken'</script>群", reader, writer)
    text = "<img src=x onerror=\"document.title='broken'\"> <a href='javascript:alert(1)'>点我</a>"
    await site.world.say(writer.id, chat, text)
    page = await open_page(reader, chat)

    await expect(page.locator("article .text")).to_have_text(text)
    await expect(page.locator("article .sender")).to_have_text("<b>作者</b>")
    await expect(page.locator("#chat-head h2")).to_have_text("<script>document.title='broken'</script>群")
    assert await page.locator("img, #messages a").count() == 0
    assert "broken" not in (await page.title()).replace("document.title='broken'", "")


async def test_markup_that_slips_through_the_server_is_still_stripped(
    site: Site, open_page: OpenPage, complaints: list[str]
) -> None:
    page = await open_page(site.person("检查员"))
    hostile = (
        "<b onclick=x>粗</b><img src=x onerror=x><script>x</script><style>*{}</style><a href='javascript:x'>坏链</a>"
        "<a href='https://example.org/' onclick=x style='x'>好链</a><svg onload=x></svg><iframe srcdoc=x></iframe>"
        "<span class='tg-spoiler' style='x'>藏</span><u><i>字</i></u>"
    )

    clean = await page.evaluate(
        """async (html) => {
            const { sanitise } = await import("/sanitise.js");
            const box = document.createElement("div");
            box.append(sanitise(html));
            return box.innerHTML;
        }""",
        hostile,
    )

    assert clean == (
        '<b>粗</b>坏链<a href="https://example.org/" target="_blank" rel="noopener noreferrer">好链</a>'
        '<span class="tg-spoiler" tabindex="0" role="button">藏</span><u><i>字</i></u>'
    )
    assert [text for text in complaints if "Content Security Policy" not in text] == []
    complaints.clear()  # the policy has refused the rest of it: that is the third lock


# ---- the clock, the phone, the language ----


async def test_the_clock_is_made_faster_paused_and_moved(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site.person("钟表匠"))
    shown = page.locator("#world-hour")
    await expect(page.locator("#world-day")).to_contain_text("7月25日")
    try:
        await page.get_by_role("button", name="60×", exact=True).click()
        await expect(page.get_by_role("button", name="60×", exact=True)).to_have_attribute("aria-pressed", "true")
        assert site.world.clock.speed == 60
        await page.get_by_role("button", name="暂停").click()
        await expect(page.get_by_role("button", name="暂停")).to_have_attribute("aria-pressed", "true")
        before = site.world.clock.now()
        await page.get_by_role("button", name="+6 小时").click()
        await expect(shown).to_have_text(re.compile(r"^05:"))
        assert (site.world.clock.now() - before).total_seconds() == 6 * 3600
    finally:
        site.world.clock.set(before)
        site.world.clock.set_speed(1)


async def test_on_a_phone_list_and_chat_take_turns_and_nothing_sticks_out(site: Site, open_page: OpenPage) -> None:
    person = site.person("用手机的人", "一个很长很长的村子名字 防汛责任人兼山塘巡查员兼转移责任人")
    chat = site.group("一个名字特别特别长的乡镇防汛防台抗旱应急指挥部工作群", person)
    await site.bot.call_the_roll(chat)
    await site.world.say(person.id, chat, "长" * 300 + "https://example.org/" + "a" * 200)
    page = await open_page(person, viewport=PHONE)

    async def fits() -> bool:
        return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    assert await fits()
    await page.get_by_role("button", name="应急指挥部").click()
    await expect(page.get_by_role("button", name="收到", exact=True)).to_be_visible()
    await expect(page.locator("#chats")).not_to_be_visible()
    assert await fits()
    await page.get_by_role("button", name="调时间").click()
    await expect(page.get_by_role("button", name="600×")).to_be_in_viewport()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="返回聊天列表").click()
    await expect(page.locator("#chats")).to_be_visible()
    assert await fits()


async def test_the_language_is_asked_for_in_the_address_or_chosen_and_remembered(
    site: Site, open_page: OpenPage
) -> None:
    page = await open_page(site.person("双语人"), query="?lang=en")
    await expect(page.get_by_role("button", name="Switch", exact=True)).to_be_visible()

    await page.get_by_role("button", name="中文").click()
    await expect(page.get_by_role("button", name="换人", exact=True)).to_be_visible()
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("button", name="Switch", exact=True)).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Switch", exact=True)).to_be_visible()


async def test_the_page_asks_nobody_else_for_anything(site: Site, open_page: OpenPage) -> None:
    page = await open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.reload()
    await expect(page.get_by_role("dialog")).to_be_visible()

    assert [url for url in asked if not url.startswith((site.url, "data:"))] == []
    assert [name for name in ("app.js", "style.css", "chat.css") if f"{site.url}{name}" not in asked] == []
