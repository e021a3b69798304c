"""An independent judge: models that another project generates from Telegram's documentation read what we produce.

aiogram's types check every field's type, so a wrong shape in an update or a result fails here.
"""

from typing import Any

from aiogram.types import Chat, ChatFullInfo, ChatMemberUpdated, File, Message, Update, User, WebhookInfo
from pydantic import TypeAdapter

from sandbox import Limits
from tests.sandbox.scene import BUTTON, EVERY_KIND, Scene, kinds, png, scene


async def eventful() -> Scene:
    """A world in which everything that can reach a bot has happened once."""
    county = scene(Limits(enforced=False))
    world, ana, bo, group = county.world, county.ana.id, county.bo.id, county.group.id
    await county.ok("getUpdates", allowed_updates=EVERY_KIND)
    world.promote(group, county.bot.id)
    await county.say_as_bot(reply_markup=BUTTON)
    await world.say(ana, ana, "/start")
    await world.say(bo, group, "http://a.cn #险情 @ana_li", reply_to=1, via_bot=county.bot.id)
    await world.say(ana, group, "匿名", as_anonymous_admin=True)
    await world.say(bo, group, "转", forward_from=ana)
    own = await world.say(bo, group, "改前")
    await world.edit_message(bo, group, own.id, "改后")
    await world.send_photos(bo, group, [b"1", png()], caption="/x")
    await world.send_document(bo, group, b"d", name="表.xlsx")
    await world.send_voice(bo, group, b"v")
    live = await world.send_location(bo, group, 30, 110, live_period=900, accuracy=5)
    await world.move_location(bo, group, live.id, 30.1, 110.1)
    await world.send_contact(bo, group)
    await world.react(bo, group, 1, "👍")
    await world.press(bo, group, 1, "ack", wait=False)
    await world.forge_press(bo, group, 999, "x", wait=False)
    world.pin(group, 1)
    world.set_title(group, "新名")
    world.restrict(group, bo)
    world.promote(group, bo, title="组长")
    world.kick(group, bo)
    world.block_bot(ana)
    world.migrate(world.add_group("老群", members=[ana, county.bot.id], kind="group").id)
    link = await county.ok("createChatInviteLink", chat_id=group, creates_join_request=True)
    world.request_to_join(group, world.add_user("Chu").id, link["invite_link"])
    return county


async def test_every_update_can_be_read_by_the_judge() -> None:
    updates = await (await eventful()).updates()
    assert {*kinds(updates)} == set(EVERY_KIND)
    for update in updates:
        read = Update.model_validate(update)
        assert read.event is not None
        if isinstance(read.event, ChatMemberUpdated):
            assert read.event.new_chat_member.status


async def test_every_result_can_be_read_by_the_judge() -> None:
    county = await eventful()
    group = county.group.id
    await county.ok("sendPhoto", {"photo": ("a.png", png(), "image/png")}, chat_id=group, caption="c")
    for kind in ("document", "voice", "audio", "video"):
        await county.ok(f"send{kind.title()}", {kind: ("a.bin", b"x", "x/y")}, chat_id=group)
    await county.ok("sendVenue", chat_id=group, latitude=1, longitude=2, title="a", address="b")
    await county.ok("sendContact", chat_id=group, phone_number="1", first_name="b")
    await county.ok("forwardMessage", chat_id=group, from_chat_id=group, message_id=1)
    for call in county.world.ledger:
        if call.ok and call.method.startswith(("send", "forward", "edit")):
            judged: Any = Message.model_validate(call.result)
            assert isinstance(judged.chat, Chat)
    assert User.model_validate(await county.ok("getMe")).is_bot
    assert ChatFullInfo.model_validate(await county.ok("getChat", chat_id=group)).title == "新名"
    assert TypeAdapter(WebhookInfo).validate_python(await county.ok("getWebhookInfo")).url == ""
    photo = county.world.ledger.of("sendPhoto")[-1].result["photo"][-1]["file_id"]
    assert File.model_validate(await county.ok("getFile", file_id=photo)).file_path
