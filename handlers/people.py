"""People as persons: the first words, enrolment, one's own posts, help, and the keeper's look into the roster."""

from collections.abc import Sequence

from domain.errors import NotAllowed, Stale
from domain.people import RIGHTS, Action, Person, Reach
from domain.places import PlaceCode, is_within
from domain.text import Button, ButtonStyle, Rows
from handlers.incoming import What
from handlers.scene import Feature, Scene
from messages.keyboards import in_rows, stacked
from services.desk import require_over
from services.enrolment import Enrolment, enrol_by_contact, enrol_by_link, reopen
from services.leave import leave_of
from services.office import leave_office, release_account
from services.people_texts import duties_of, help_of
from services.reach import private_chat_closed
from services.roster_gaps import coverage, not_enrolled

_LISTED = 30


# -- the first words --------------------------------------------------------------------------------------------------


async def start(scene: Scene) -> None:
    """/start without a payload that anybody knows. In a group it is what Telegram itself sends: nothing to say."""
    if not scene.incoming.private or scene.incoming.user_id is None:
        return
    if scene.person is None:
        await scene.say(scene.text("start.stranger", county=await _county(scene)), _stranger_buttons(scene))
    elif await reopen(scene.work, scene.incoming.user_id):
        await scene.say(scene.text("start.again", name=scene.person.name))
    else:
        duties = await duties_of(scene.work, scene.person)
        await scene.say(scene.text("start.known", name=scene.person.name, county=await _county(scene), duties=duties))


async def _county(scene: Scene) -> str:
    county = (await scene.work.tree()).get(scene.work.county)
    return "" if county is None else county.name


def _stranger_buttons(scene: Scene) -> Rows:
    listed = Button(scene.label("enrol.button.listed"), "r:iam", style=ButtonStyle.PRIMARY)
    return ((listed,), (Button(scene.label("enrol.button.report"), url=scene.work.link("h")),))


async def help_command(scene: Scene) -> None:
    if not scene.incoming.private:
        await scene.say(scene.text("start.in_group"), quote=True)
        return
    await scene.say(scene.card("help", can_do=scene.text(help_of(scene.person)), commands=scene.text("help.commands")))


async def status(scene: Scene) -> None:
    """The person blocked the bot, or let it in again."""
    incoming = scene.incoming
    if not incoming.private:
        return
    if incoming.status == "kicked":
        await private_chat_closed(scene.work, incoming.chat_id, "blocked")
    else:
        await reopen(scene.work, incoming.chat_id)


async def language(scene: Scene) -> None:
    """/language: two buttons."""
    scene.known()
    buttons = tuple(Button(scene.label(f"enrol.language.{code}"), f"r:lang:{code}") for code in ("zh", "en"))
    await scene.say(scene.text("enrol.language.ask"), (buttons,))


async def _set_language(scene: Scene) -> None:
    code = scene.args[0] if scene.args else ""
    if code not in {"zh", "en"}:
        raise Stale("refused.stale")
    await scene.work.rows.people.update(scene.known().id, language=code)
    await scene.redraw(scene.work.words.text("enrol.language.done", code))


# -- enrolment --------------------------------------------------------------------------------------------------------


async def link_opened(scene: Scene) -> None:
    """t.me/<bot>?start=e_<code>; without a code: the way by one's own number."""
    user_id = scene.incoming.user_id
    code = "_".join(scene.args)
    if user_id is None:
        return
    if not code:
        await ask_contact(scene)
        return
    await _answer(scene, await enrol_by_link(scene.work, user_id, code))


async def ask_contact(scene: Scene) -> None:
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    if scene.person is not None:
        await scene.say(scene.text("enrol.result.already", name=scene.person.name))
        return
    await scene.say(scene.text("enrol.contact"), _contact_key(scene))


def _contact_key(scene: Scene) -> Rows:
    return ((Button(scene.label("button.send_contact"), contact=True),),)


async def contact(scene: Scene) -> bool:
    """A contact in the private chat. Goes before an open dialogue: none asks for one."""
    incoming = scene.incoming
    if incoming.what is not What.CONTACT or incoming.user_id is None:
        return False
    result = await enrol_by_contact(
        scene.work, incoming.user_id, incoming.phone, incoming.contact_of, forwarded=incoming.forwarded
    )
    await _answer(scene, result)
    return True


async def _answer(scene: Scene, result: Enrolment) -> None:
    """How the try went. Who is in has been greeted already."""
    if result.kind == "enrolled":
        return
    facts: dict[str, object] = {"name": result.person.name if result.person is not None else ""}
    if result.kind == "locked":
        facts["wait"] = result.wait
    buttons: Rows = ()
    if result.kind == "not_own":
        buttons = _contact_key(scene)
    elif result.kind.startswith("link_"):
        buttons = _stranger_buttons(scene)[:1]
    await scene.say(scene.text(f"enrol.result.{result.kind}", **facts), buttons)


# -- oneself ----------------------------------------------------------------------------------------------------------


async def me(scene: Scene) -> None:
    """/me: one's posts, stand-in, and whether messages arrive."""
    if not scene.incoming.private:
        link = Button(scene.label("button.open_private"), url=scene.work.link("me"))
        await scene.say(scene.text("refused.private_only"), ((link,),), quote=True)
        return
    if scene.person is None:
        await start(scene)
        return
    await scene.say(scene.card("me", **await _facts(scene, scene.person)))


async def _facts(scene: Scene, person: Person) -> dict[str, object]:
    work = scene.work
    deputy = None if person.deputy_id is None else await work.rows.people.get(person.deputy_id)
    leave = await leave_of(work, person)
    stand_in = None if leave is None else await work.rows.people.get(leave.stand_in_id)
    return {
        "name": person.name,
        "title": person.title,
        "phone": person.phone,
        "duties": await duties_of(work, person, scene.lang),
        "reach": "not_enrolled" if person.user_id is None else person.private_chat.value,
        "deputy": None if deputy is None else deputy.name,
        "stand_in": None if stand_in is None else stand_in.name,
        "leave_state": "" if leave is None else leave.state,
        "starts": None if leave is None else work.local(leave.starts_at),
        "ends": None if leave is None else work.local(leave.ends_at),
        "stands_in_for": [one.name for one in await work.stood_in_for(person)],
    }


# -- the keeper's look ------------------------------------------------------------------------------------------------


def _areas(person: Person) -> list[PlaceCode]:
    rights = RIGHTS[Action.EDIT_ROSTER]
    found = sorted({post.place for post in person.posts if rights.get(post.role) is Reach.AREA}, key=len)
    return [one for at, one in enumerate(found) if not any(is_within(one, above) for above in found[:at])]


async def roster(scene: Scene) -> None:
    """/roster: the area at a glance; /roster 张三 or a number: who that is."""
    keeper = scene.known()
    areas = _areas(keeper)
    if not areas:
        raise NotAllowed("refused.no_right")
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    if scene.args:
        await _search(scene, " ".join(scene.args), areas)
        return
    tree = await scene.work.tree()
    for area in areas:
        found = await coverage(scene.work, area)
        missing = await not_enrolled(scene.work, area)
        card = scene.card(
            "roster_summary",
            place=tree.path(area),
            people=found.people,
            enrolled=found.enrolled,
            missing=[{"name": one.name, "place": tree.path(one.posts[0].place)} for one in missing[:_LISTED]],
            more=max(0, len(missing) - _LISTED),
            no_officer=found.no_officer,
            no_head=found.no_head,
            no_contact=found.no_contact,
            no_desk=found.no_desk,
        )
        await scene.say(card)


async def _search(scene: Scene, text: str, areas: Sequence[PlaceCode]) -> None:
    found = {one.id: one for area in areas for one in await scene.work.rows.people.search(text, area)}
    if not found:
        await scene.say(scene.text("roster.search.nobody", text=text))
    elif len(found) == 1:
        await _show(scene, next(iter(found.values())))
    else:
        tree = await scene.work.tree()
        buttons = [
            Button(
                scene.label("roster.button.person", name=one.name, place=tree.path(one.posts[0].place)),
                f"r:card:{one.id}",
            )
            for one in found.values()
            if one.posts
        ]
        await scene.say(scene.text("roster.search.several", text=text), in_rows(buttons, 1))


async def _show(scene: Scene, person: Person) -> None:
    buttons = [
        Button(scene.label("roster.button.phone"), f"r:num:{person.id}"),
        Button(scene.label("roster.button.leave_office"), f"r:quit:{person.id}"),
        Button(scene.label("assigned.button.see"), f"as:of:{person.id}"),
    ]
    free = Button(scene.label("roster.button.release"), f"r:free:{person.id}:{person.user_id}")
    tied = person.user_id is not None
    await scene.say(
        scene.card("roster_person", **await _facts(scene, person)), stacked(buttons, free if tied else None)
    )


async def _person(scene: Scene, action: Action) -> Person:
    """The person of the button, for somebody who may do this to him."""
    person = await scene.work.rows.people.get(scene.number())
    if person is None:
        raise Stale("refused.gone")
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    await require_over(scene.work, scene.person, action, person)
    return person


async def _card(scene: Scene) -> None:
    await _show(scene, await _person(scene, Action.EDIT_ROSTER))


async def _change_number(scene: Scene) -> None:
    person = await _person(scene, Action.EDIT_ROSTER)
    await scene.open("phone", {"person": person.id, "name": person.name})


async def _free(scene: Scene) -> None:
    """r:free:<person>:<account>"""
    released = await release_account(scene.work, scene.person, scene.number(), scene.number(1))
    await scene.redraw(scene.text("enrol.released_done", name=released.name))


async def _quit(scene: Scene) -> None:
    """Asked twice: it cannot be taken back by a button."""
    person = await _person(scene, Action.EDIT_ROSTER)
    yes = Button(scene.label("roster.button.confirm_leave"), f"r:gone:{person.id}", style=ButtonStyle.DANGER)
    no = Button(scene.label("roster.button.keep"), f"r:stay:{person.id}")
    duties = await duties_of(scene.work, person, scene.lang)
    await scene.redraw(scene.text("roster.leaving.ask", name=person.name, duties=duties), ((yes, no),))


async def _gone(scene: Scene) -> None:
    left = await leave_office(scene.work, scene.person, scene.number())
    card = scene.card(
        "roster_left",
        name=left.person.name,
        kept=bool(left.kept),
        groups=[group.title for group in left.groups],
        excused=left.excused,
        given=left.given,
        successor=None if left.successor is None else left.successor.name,
    )
    await scene.redraw(card)


async def _stay(scene: Scene) -> None:
    person = await _person(scene, Action.EDIT_ROSTER)
    await scene.redraw(scene.text("roster.leaving.kept", name=person.name))


async def _iam(scene: Scene) -> None:
    await ask_contact(scene)


_PRESSES = {
    "iam": _iam,
    "lang": _set_language,
    "card": _card,
    "num": _change_number,
    "free": _free,
    "quit": _quit,
    "gone": _gone,
    "stay": _stay,
}


async def press(scene: Scene) -> None:
    """r:<what>[:<person>[:<account>]]"""
    handler = _PRESSES.get(scene.args[0] if scene.args else "")
    if handler is None:
        raise Stale("refused.stale")
    scene.args = scene.args[1:]
    await handler(scene)


FEATURE = Feature(
    name="people",
    presses={"r": press},
    starts={"e": link_opened, "me": me},
    commands={"start": start, "help": help_command, "me": me, "roster": roster, "language": language},
    urgent=(contact,),
    bot_status=status,
)
