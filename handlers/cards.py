"""我的处置卡: what my posts do now, on request. With a warning in force the one that fits, else by kind of disaster."""

from domain.action_cards import Family
from domain.errors import NotAllowed, Stale
from handlers.scene import Feature, Scene
from messages.keyboards import button, in_rows
from services.action_cards import OwnCard, card_now, card_of
from services.loudspeaker import read_aloud


async def show_card(scene: Scene) -> None:
    """/card"""
    person = scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    now = await card_now(scene.work, person)
    if now is not None:
        await _say(scene, now)
    kinds = [button(scene.label(f"action.family.{family}"), f"k:{family}") for family in Family]
    await scene.say(scene.text("action.choose"), in_rows(kinds, 3))


async def press_kind(scene: Scene) -> None:
    """k:<family>"""
    person = scene.known()
    try:
        family = Family(scene.args[0] if scene.args else "")
    except ValueError:
        raise Stale("refused.stale") from None
    await _say(scene, card_of(scene.work, person, family))


async def _say(scene: Scene, own: OwnCard) -> None:
    title = scene.label(f"action.family.{own.family}")
    if not any(actions for _, actions in own.by_colour):
        await scene.say(scene.text("action.empty"))
        return
    row = own.warning
    card = scene.card(
        "action_card",
        title=title,
        warning=None if row is None else {"kind": row.kind, "colour": row.colour.value, "number": row.number},
        colours=[(colour.value, list(actions)) for colour, actions in own.by_colour],
    )
    await scene.say(card)


async def press_loud(scene: Scene) -> None:
    """w:loud:<warning>: the text for the loudspeaker, and the recording after it."""
    person = scene.known()
    await scene.say(await read_aloud(scene.work, person, scene.number(), scene.next_key()))


FEATURE = Feature(name="card", commands={"card": show_card}, presses={"k": press_kind})
