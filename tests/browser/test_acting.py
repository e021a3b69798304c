"""What a person does on the sandbox's page in a real browser: pressing buttons, and sending more than words."""

import pytest
from playwright.async_api import expect

from tests.browser.stage import PATIENCE_MS, OpenPage, Site, bubble, write

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

expect.set_options(timeout=PATIENCE_MS)


# ---- buttons ----


async def test_a_press_shows_the_toast_and_the_bubble_changes_in_place(site: Site, open_page: OpenPage) -> None:
    person = site.person("应答人")
    chat = site.group("点名群", person)
    await site.bot.call_the_roll(chat)
    page = await open_page(person, chat)

    await page.get_by_role("button", name="收到", exact=True).click()

    await expect(page.locator("#toasts")).to_contain_text("已记录")
    await expect(bubble(page, "已到 1 人")).to_contain_text("已编辑")
    assert await page.locator("article").count() == 1


async def test_an_alert_must_be_acknowledged(site: Site, open_page: OpenPage) -> None:
    person = site.person("缺席人")
    chat = site.group("点名群二", person)
    await site.bot.call_the_roll(chat)
    page = await open_page(person, chat)

    await page.get_by_role("button", name="到不了").click()

    alert = page.get_by_role("alertdialog")
    await expect(alert).to_contain_text("请先打电话说明原因")
    await alert.get_by_role("button", name="知道了").click()
    await expect(alert).to_have_count(0)


async def test_a_deaf_bot_is_waited_for_and_then_reported(site: Site, open_page: OpenPage) -> None:
    person = site.person("等待人")
    chat = site.group("点名群三", person)
    await site.bot.call_the_roll(chat)
    page = await open_page(person, chat)
    key = page.get_by_role("button", name="不理睬")

    await key.click()
    await expect(key).to_have_attribute("aria-busy", "")
    await expect(page.get_by_text("正在等待机器人…")).to_be_visible()
    site.world.clock.set_speed(600)  # the world's fifteen seconds pass at once

    await expect(page.locator("#toasts")).to_contain_text("没有及时回应")
    site.world.clock.set_speed(1)
    await expect(key).not_to_have_attribute("aria-busy", "")


async def test_a_deep_link_opens_the_private_chat_with_its_payload(site: Site, open_page: OpenPage) -> None:
    person = site.person("填表人")
    chat = site.group("点名群四", person)
    await site.bot.call_the_roll(chat)
    page = await open_page(person, chat)

    await page.get_by_role("button", name="填表").click()

    await expect(bubble(page, "暗号：form_7")).to_be_visible()
    assert page.url.endswith(f"#as={person.id}&chat={person.id}")


async def test_a_web_address_opens_apart_and_a_copy_button_copies(site: Site, open_page: OpenPage) -> None:
    person = site.person("抄写人")
    chat = site.group("点名群五", person)
    await site.bot.call_the_roll(chat)
    page = await open_page(person, chat)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    link = page.get_by_role("link", name="网站")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await expect(link).to_have_attribute("target", "_blank")
    await page.get_by_role("button", name="复制编号").click()

    await expect(page.locator("#toasts")).to_contain_text("已复制")
    assert await page.evaluate("navigator.clipboard.readText()") == "A-17"


async def test_the_private_chat_is_started_blocked_and_unblocked(site: Site, open_page: OpenPage) -> None:
    person = site.person("私聊人")
    page = await open_page(person, person.id)

    await page.get_by_role("button", name="开始", exact=True).click()
    await expect(bubble(page, "暗号：无")).to_be_visible()
    await page.get_by_role("button", name="停用机器人").click()
    await page.get_by_role("dialog").get_by_role("button", name="停用机器人").click()
    await expect(page.get_by_text("您已停用机器人")).to_be_visible()
    await page.get_by_role("button", name="重新启用").click()
    await write(page, "还在吗")

    await expect(bubble(page, "收到：还在吗")).to_be_visible()


async def test_the_bots_keyboard_sends_words_place_and_phone(site: Site, open_page: OpenPage) -> None:
    person = site.person("按键人")
    page = await open_page(person, person.id)
    await page.get_by_role("button", name="开始", exact=True).click()

    await page.get_by_role("button", name="今天的任务").click()
    await expect(bubble(page, "收到：今天的任务")).to_be_visible()
    await page.get_by_role("button", name="发我的电话").click()
    await page.get_by_role("dialog").get_by_role("button", name="好的").click()
    await expect(bubble(page, f"收到电话：{person.phone}")).to_be_visible()
    await page.get_by_role("button", name="发我的位置").click()
    await page.get_by_role("button", name="发送这个位置").click()
    await expect(bubble(page, "收到位置：28.450")).to_be_visible()
    await page.get_by_role("button", name="/help").click()
    await expect(bubble(page, "收到：/help")).to_be_visible()


# ---- attachments ----


async def test_a_sample_photo_goes_out_with_its_caption(site: Site, open_page: OpenPage) -> None:
    person = site.person("拍照人")
    page = await open_page(person, site.private(person))

    await page.get_by_role("button", name="照片、位置等").click()
    await page.get_by_role("button", name="示例照片").click()
    await expect(page.locator(".file-chip")).to_contain_text("示例照片.jpg")
    await page.get_by_role("textbox", name="写消息").fill("后山塌方")
    await page.get_by_role("button", name="发送", exact=True).click()

    await expect(bubble(page, "收到照片：后山塌方")).to_be_visible()
    photo = page.locator("article.own .photo img")
    await expect(photo).to_be_visible()
    assert await photo.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1280
    await photo.click()
    await expect(page.get_by_role("dialog", name="后山塌方")).to_be_visible()


async def test_a_file_from_the_disk_goes_out(site: Site, open_page: OpenPage) -> None:
    person = site.person("传文件的人")
    page = await open_page(person, site.private(person))

    await page.locator("#file-document").set_input_files(
        {"name": "转移清单.csv", "mimeType": "text/csv", "buffer": b"1,2\n"}
    )
    await page.get_by_role("button", name="发送", exact=True).click()

    await expect(page.locator("article.own .file-name")).to_have_text("转移清单.csv")


async def test_a_live_location_is_chosen_and_checked(site: Site, open_page: OpenPage) -> None:
    person = site.person("定位人")
    page = await open_page(person, site.private(person))
    await page.get_by_role("button", name="照片、位置等").click()
    await page.get_by_role("button", name="位置", exact=True).click()
    dialog = page.get_by_role("dialog", name="发送位置")

    await dialog.get_by_label("纬度").fill("99")
    await dialog.get_by_role("button", name="发送这个位置").click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await dialog.get_by_label("纬度").fill("28.1234")
    await dialog.get_by_label("实时位置 15 分钟").check()
    await dialog.get_by_role("button", name="发送这个位置").click()

    await expect(bubble(page, "收到位置：28.123，实时 900 秒")).to_be_visible()
    await expect(page.locator("article.own .place")).to_contain_text("28.12340")
