"""Files: uploads, sizes, downloads, albums, forwards and copies."""

import struct

import pytest

from sandbox import Limits
from tests.sandbox.scene import Scene, png, scene

JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 480, 640) + b"\x00" * 16


async def photo(county: Scene, data: bytes | None = None) -> list[dict[str, object]]:
    message = await county.ok("sendPhoto", {"photo": ("a.png", data or png(), "image/png")}, chat_id=county.group.id)
    sizes: list[dict[str, object]] = message["photo"]
    return sizes


async def test_a_photo_comes_in_sizes_up_to_its_own(county: Scene) -> None:
    sizes = await photo(county)
    assert [(size["width"], size["height"]) for size in sizes] == [
        (90, 67),
        (320, 240),
        (800, 600),
        (1280, 960),
        (1600, 1200),
    ]
    assert len({size["file_unique_id"] for size in sizes}) == 5
    assert [(size["width"], size["height"]) for size in await photo(county, JPEG)][-1] == (640, 480)


async def test_a_file_can_be_looked_up_downloaded_and_sent_again(county: Scene) -> None:
    largest = (await photo(county))[-1]
    file = await county.ok("getFile", file_id=largest["file_id"])
    assert file["file_unique_id"] == largest["file_unique_id"]
    stored = county.world.files.at(file["file_path"])
    assert stored is not None
    assert stored.data == png()
    again = await county.ok("sendPhoto", chat_id=county.group.id, photo=largest["file_id"])
    assert again["photo"][-1] == largest


@pytest.mark.parametrize(
    ("method", "files", "params", "refusal"),
    [
        ("sendPhoto", {}, {}, "there is no photo in the request"),
        ("sendDocument", {}, {"document": "attach://missing"}, "there is no document in the request"),
        ("sendPhoto", {"photo": ("a.png", b"not a picture", "image/png")}, {}, "IMAGE_PROCESS_FAILED"),
        ("sendPhoto", {"photo": ("a.png", png(9000, 2000), "image/png")}, {}, "PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", {"photo": ("a.png", png(2100, 100), "image/png")}, {}, "PHOTO_INVALID_DIMENSIONS"),
        ("sendDocument", {"document": ("a.txt", b"", "text/plain")}, {}, "file must be non-empty"),
        ("sendPhoto", {}, {"photo": "AgACnonsense"}, "wrong file identifier/HTTP URL specified"),
        ("sendPhoto", {}, {"photo": "https://example.org/a.png"}, "failed to get HTTP URL content"),
        ("sendPhoto", {"photo": ("a.png", png(), "image/png")}, {"caption": "x" * 1025}, "message caption is too long"),
        ("getFile", {}, {}, "file_id not specified"),
        ("getFile", {}, {"file_id": "nonsense"}, "invalid file_id"),
    ],
)
async def test_files_that_telegram_refuses_are_refused(
    county: Scene, method: str, files: dict[str, object], params: dict[str, object], refusal: str
) -> None:
    assert await county.refused(method, files, chat_id=county.group.id, **params) == f"Bad Request: {refusal}"


async def test_a_file_of_one_kind_is_not_sent_as_another(county: Scene) -> None:
    largest = (await photo(county))[-1]
    assert (
        await county.refused("sendDocument", chat_id=county.group.id, document=largest["file_id"])
        == "Bad Request: can't use file of type Photo as Document"
    )


async def test_what_is_too_big_is_neither_taken_nor_given() -> None:
    county = scene(Limits(upload_bytes=3000, photo_bytes=1000, download_bytes=2000))
    big = {"photo": ("a.png", png(padding=2000), "image/png")}
    assert await county.refused("sendPhoto", big, chat_id=county.group.id) == "Bad Request: file is too big"
    sent = await county.ok("sendDocument", {"document": ("a.bin", b"x" * 2500, "")}, chat_id=county.group.id)
    assert await county.refused("getFile", file_id=sent["document"]["file_id"]) == "Bad Request: file is too big"


async def test_old_files_are_forgotten_beyond_the_cap() -> None:
    county = scene(Limits(files_kept_bytes=250, enforced=False))
    first = (await photo(county, png(padding=100)))[-1]
    await photo(county, png(padding=100))
    await photo(county, png(padding=100))
    assert await county.refused("getFile", file_id=first["file_id"]) == "Bad Request: invalid file_id"


async def test_an_album_is_several_messages_with_one_group_id(county: Scene) -> None:
    files = {"a": ("a.png", png(), "image/png"), "b": ("b.png", png(), "image/png")}
    media = [
        {"type": "photo", "media": "attach://a", "caption": "<b>坝</b>", "parse_mode": "HTML"},
        {"type": "photo", "media": "attach://b"},
    ]
    first, second = await county.ok("sendMediaGroup", files, chat_id=county.group.id, media=media)
    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], "caption" in second) == ("坝", False)


@pytest.mark.parametrize(
    ("media", "refusal"),
    [
        ("{", "can't parse media JSON object"),
        ("{}", "expected an Array of InputMedia"),
        ([], "there are no messages to send"),
        ([{"type": "photo", "media": "attach://a"}] * 11, "too many messages to send as an album"),
        ([{"type": "photo", "media": "attach://z"}] * 2, "can't parse InputMedia: media not found"),
        (
            [{"type": "animation", "media": "attach://a"}] * 2,
            'can\'t parse InputMedia: type "animation" is unsupported',
        ),
        (
            [{"type": "photo", "media": "attach://a"}, {"type": "document", "media": "attach://a"}],
            "document can't be mixed with other media types",
        ),
    ],
)
async def test_a_bad_album_is_refused(county: Scene, media: object, refusal: str) -> None:
    files = {"a": ("a.png", png(), "image/png")}
    assert (
        await county.refused("sendMediaGroup", files, chat_id=county.group.id, media=media) == f"Bad Request: {refusal}"
    )


async def test_a_forward_says_where_it_comes_from_and_a_copy_does_not(county: Scene) -> None:
    theirs = await county.world.send_photo(county.ana.id, county.ana.id, png(), caption="水位")
    where = {"chat_id": county.group.id, "from_chat_id": county.ana.id, "message_id": theirs.id}
    forwarded = await county.ok("forwardMessage", **where)
    assert forwarded["forward_origin"]["sender_user"]["id"] == county.ana.id
    assert forwarded["photo"] == theirs.payload["photo"]
    copied = await county.ok("copyMessage", **where, caption="新说明")
    copy = county.group.messages[copied["message_id"]].payload
    assert (copy["caption"], "forward_origin" in copy) == ("新说明", False)
    assert (
        await county.refused(
            "editMessageCaption", chat_id=county.group.id, message_id=forwarded["message_id"], caption="x"
        )
        == "Bad Request: message can't be edited"
    )


async def test_what_is_not_there_or_protected_is_not_passed_on(county: Scene) -> None:
    where = {"chat_id": county.group.id, "from_chat_id": county.group.id}
    assert await county.refused("forwardMessage", **where, message_id=9) == "Bad Request: message to forward not found"
    assert await county.refused("copyMessage", **where, message_id=9) == "Bad Request: message to copy not found"
    assert (
        await county.refused("copyMessage", chat_id=county.group.id, message_id=9)
        == "Bad Request: from_chat_id is empty"
    )
    await county.say_as_bot(protect_content=True)
    assert (
        await county.refused("forwardMessage", **where, message_id=1) == "Bad Request: the message can't be forwarded"
    )


async def test_places_and_contacts_are_checked(county: Scene) -> None:
    group = county.group.id
    assert (await county.ok("sendLocation", chat_id=group, latitude="30.25", longitude=110))["location"] == {
        "latitude": 30.25, "longitude": 110.0,
    }  # fmt: skip
    assert await county.refused("sendLocation", chat_id=group, longitude=1) == "Bad Request: latitude is empty"
    assert (
        await county.refused("sendLocation", chat_id=group, latitude=91, longitude=1)
        == "Bad Request: wrong location specified"
    )
    assert (
        await county.refused("sendContact", chat_id=group, first_name="x")
        == "Bad Request: phone number must be non-empty"
    )
    assert (
        await county.refused("sendChatAction", chat_id=group, action="dancing")
        == "Bad Request: wrong parameter action in request"
    )
    assert await county.ok("sendChatAction", chat_id=group, action="typing") is True


async def test_a_bots_live_location_moves_and_stops(county: Scene) -> None:
    sent = await county.ok("sendLocation", chat_id=county.group.id, latitude=30, longitude=110, live_period=600)
    where = {"chat_id": county.group.id, "message_id": sent["message_id"]}
    moved = await county.ok("editMessageLiveLocation", **where, latitude=31, longitude=111)
    assert moved["location"] == {"latitude": 31.0, "longitude": 111.0, "live_period": 600}
    stopped = await county.ok("stopMessageLiveLocation", **where)
    assert "live_period" not in stopped["location"]
    assert (
        await county.refused("editMessageLiveLocation", **where, latitude=31, longitude=111)
        == "Bad Request: message can't be edited"
    )


async def test_several_messages_are_passed_on_in_one_request(county: Scene) -> None:
    for text in ("一", "二", "三"):
        await county.world.say(county.ana.id, county.ana.id, text)
    where = {"chat_id": county.group.id, "from_chat_id": county.ana.id}
    forwarded = await county.ok("forwardMessages", **where, message_ids=[1, 3, 99])
    copied = await county.ok("copyMessages", **where, message_ids="[2]")
    shown = [county.group.messages[item["message_id"]] for item in (*forwarded, *copied)]
    assert [message.text for message in shown] == ["一", "三", "二"]
    assert ["forward_origin" in message.payload for message in shown] == [True, True, False]
    assert (
        await county.refused("forwardMessages", **where, message_ids=[98, 99])
        == "Bad Request: there are no messages to forward"
    )
    assert (
        await county.refused("copyMessages", **where, message_ids=["1"])
        == "Bad Request: message identifier must be a Number"
    )
