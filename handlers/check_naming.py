"""The card of one judged person, and a leader's decision to name him in a group: seen word for word, then confirmed."""

from domain.errors import NotAllowed
from domain.text import Button, ButtonStyle, Html, Rows
from handlers.scene import Scene
from services.check_naming import may_name, name_in_group, naming
from services.check_texts import judge_card
from services.check_view import One
from services.ports import CheckRow


async def named_in(scene: Scene) -> tuple[int, int]:
    """Check and person of a button that names people: only in private."""
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    return scene.number(), scene.number(1)


async def card_for(scene: Scene, check: CheckRow, one: One) -> tuple[Html, Rows]:
    """The card to judge on; for a leader, once it is judged against the person, with the way to name him."""
    text, rows = await judge_card(scene.work, check, one, scene.lang)
    if not await may_name(scene.work, scene.known(), one):
        return text, rows
    return text, (*rows, (Button(scene.label("check.button.name"), f"c:name:{check.id}:{one.person.id}"),))


async def name(scene: Scene) -> None:
    """c:name:<check>:<person>: what would be posted and where, word for word, before a leader decides."""
    found = await naming(scene.work, scene.person, *await named_in(scene))
    person_id = found.one.person.id
    yes = Button(
        scene.label("check.button.name_yes"),
        f"c:nameyes:{found.check.id}:{person_id}:{found.version}",
        style=ButtonStyle.DANGER,
    )
    titles = [group.title for group in found.groups]
    text = scene.text("check.naming.confirm", name=found.one.person.name, groups=titles, text=found.text)
    await scene.say(text, ((yes, Button(scene.label("check.button.no"), "c:no")),))


async def name_yes(scene: Scene) -> None:
    """c:nameyes:<check>:<person>:<version>"""
    check_id, person_id = await named_in(scene)
    found, new = await name_in_group(scene.work, scene.person, check_id, person_id, version=scene.number(2))
    key = "check.naming.done" if new else "check.naming.before"
    await scene.redraw(scene.text(key, name=found.one.person.name, groups=[group.title for group in found.groups]))
