"""Listed supervision as people touch it: /listings shows them, buttons decide, register, publish, extend and lift."""

from domain.errors import NotAllowed, Stale
from domain.text import Button, Html, Rows
from handlers.scene import Feature, Scene
from messages.keyboards import flowing, stacked
from services import listings
from services.listing_cards import draw_listing, listing_facts, public_text

PAGE = 10


async def show(scene: Scene) -> None:
    """/listings"""
    if not await scene.only_private("ls"):
        return
    drawn = await _page(scene, None)
    if drawn is None:
        await scene.say(scene.text("listing.none"))
        return
    await scene.say(*drawn)


async def _page(scene: Scene, before: int | None) -> tuple[Html, Rows] | None:
    """Ten of them, and the way to the next ten. None where there is none."""
    found = await listings.listings_of(scene.work, scene.known(), PAGE + 1, before)
    shown, more = found[:PAGE], len(found) > PAGE
    if not shown:
        return None
    lines = [await listing_facts(scene.work, one, scene.lang) for one in shown]
    buttons = [
        Button(line["number"] or line["hazard"], f"ls:see:{one.id}:{one.version}")
        for one, line in zip(shown, lines, strict=True)
    ]
    onward = Button(scene.label("button.next_page"), f"ls:page:{shown[-1].id}") if more else None
    return scene.card("listing_list", listings=lines), stacked(flowing(buttons), onward)


async def _turn(scene: Scene) -> None:
    """ls:page:<the last one shown>"""
    drawn = await _page(scene, scene.number())
    if drawn is None:
        raise Stale("refused.stale")
    await scene.redraw(*drawn)


async def press(scene: Scene) -> None:
    """ls:<what>:<listing>:<version>[:<group>]"""
    handler = _PRESSES.get(scene.args[0] if scene.args else "")
    if handler is None:
        raise Stale("refused.stale")
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    scene.args = scene.args[1:]
    await handler(scene)


async def _see(scene: Scene) -> None:
    listing = await scene.work.rows.supervision.listings.get(scene.number())
    if listing is None or not await listings.sees_listing(scene.work, scene.known(), listing):
        raise NotAllowed("refused.no_right")
    text, buttons = await draw_listing(scene.work, listing, scene.known())
    await scene.say(text, buttons, subject=listing.subject)


async def _list(scene: Scene) -> None:
    await listings.decide(scene.work, scene.known(), scene.number(), scene.number(1))
    scene.toast(scene.label("listing.toast.listed"))


async def _refuse(scene: Scene) -> None:
    await listings.refuse(scene.work, scene.known(), scene.number(), scene.number(1))
    scene.toast(scene.label("listing.toast.refused"))


async def _register(scene: Scene) -> None:
    listing = await listings.register(scene.work, scene.known(), scene.number(), scene.number(1))
    scene.toast(scene.label("listing.toast.registered", number=listing.number))


async def _public(scene: Scene) -> None:
    """公示: first what it would say, and to which group; only the next press lets it out."""
    listing = await scene.work.rows.supervision.listings.get(scene.number())
    if listing is None or listing.version != scene.number(1):
        raise Stale("listing.moved")
    groups = await listings.groups_for_the_public(scene.work, scene.known(), listing)
    hazard = await scene.work.rows.hazards.get(listing.hazard_id)
    assert hazard is not None  # a foreign key
    stem = f"{listing.id}:{listing.version}"
    buttons = [
        Button(scene.label("listing.button.to_group", group=one.title), f"ls:out:{stem}:{-one.chat_id}")
        for one in groups
    ]
    buttons.append(Button(scene.label("listing.button.elsewhere"), f"ls:out:{stem}:0"))
    await scene.say(scene.text("listing.preview"))
    await scene.say(await public_text(scene.work, listing, hazard), stacked(*buttons))


async def _out(scene: Scene) -> None:
    chat = -scene.number(2) or None
    await listings.publish(scene.work, scene.known(), scene.number(), scene.number(1), chat)
    scene.toast(scene.label("listing.toast.published" if chat is not None else "listing.toast.published_elsewhere"))


async def _lift(scene: Scene) -> None:
    await listings.lift(scene.work, scene.known(), scene.number(), scene.number(1))
    scene.toast(scene.label("listing.toast.lifted"))


async def _extend(scene: Scene) -> None:
    await listings.answer_extension(scene.work, scene.known(), scene.number(), scene.number(1), granted=True)
    scene.toast(scene.label("listing.toast.extended"))


async def _no_extension(scene: Scene) -> None:
    await listings.answer_extension(scene.work, scene.known(), scene.number(), scene.number(1), granted=False)
    scene.toast(scene.label("listing.toast.not_extended"))


async def _progress(scene: Scene) -> None:
    await scene.open("listing_progress", {"listing": scene.number()})


async def _ask_extension(scene: Scene) -> None:
    await scene.open("extend_listing", {"listing": scene.number(), "version": scene.number(1)})


_PRESSES = {
    "see": _see,
    "page": _turn,
    "list": _list,
    "refuse": _refuse,
    "register": _register,
    "public": _public,
    "out": _out,
    "lift": _lift,
    "extend": _extend,
    "no_extension": _no_extension,
    "progress": _progress,
    "ask_extension": _ask_extension,
}

FEATURE = Feature(name="listing", presses={"ls": press}, starts={"ls": show}, commands={"listings": show})
