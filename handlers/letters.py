"""Letters as people touch them: /letter drafts one, /letters is the register, buttons sign, receive and withdraw.
All of it in private.
"""

from domain.errors import NotAllowed, Stale
from domain.letters import LetterState
from domain.people import RIGHTS, Action
from domain.text import Button, Rows
from handlers.scene import Feature, Scene
from messages.keyboards import flowing, stacked
from services.letter_cards import draw_letter, letter_facts
from services.letters import draft_again, drop, receive, register_of, sign, visible_letter
from services.papers import ask_for_paper
from services.supervision_papers import LETTER_PAPER, LETTER_REGISTER
from services.work import Work

_LISTED = 10


async def new_letter(scene: Scene) -> None:
    """/letter"""
    if not await scene.only_private("lt"):
        return
    await scene.open("draft_letter")


async def letters(scene: Scene) -> None:
    """/letters: the register of one's unit and what was addressed to oneself, the newest first."""
    if not await scene.only_private("lt_list"):
        return
    found = await register_of(scene.work, scene.known())
    if not found:
        await scene.say(scene.text("letter.none"), _draft_button(scene))
        return
    lines = [await letter_facts(scene.work, one, scene.lang) for one in found[:_LISTED]]
    buttons = [
        Button(one.number or scene.label("letter.draft_number", id=one.id), f"lt:see:{one.id}:{one.version}")
        for one in found[:_LISTED]
    ]
    text = scene.card("letter_list", letters=lines, more=max(0, len(found) - _LISTED))
    await scene.say(text, stacked(flowing(buttons), _draft_button(scene)))


def _draft_button(scene: Scene) -> Rows:
    """起草, for whoever holds a post that may."""
    if not scene.known().holds(RIGHTS[Action.DRAFT_LETTER]):
        return ()
    return (
        (
            Button(scene.label("letter.button.new"), "lt:new"),
            Button(scene.label("letter.button.register"), "lt:register"),
        ),
    )


async def start(scene: Scene) -> None:
    """t.me/<bot>?start=lt drafts, lt_list is the register."""
    await (letters(scene) if scene.args[:1] == ("list",) else new_letter(scene))


async def press(scene: Scene) -> None:
    """lt:<what>:<letter>:<version>"""
    handler = _PRESSES.get(scene.args[0] if scene.args else "")
    if handler is None:
        raise Stale("refused.stale")
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    scene.args = scene.args[1:]
    await handler(scene)


async def _see(scene: Scene) -> None:
    letter = await visible_letter(scene.work, scene.known(), scene.number())
    text, buttons = await draw_letter(scene.work, letter, scene.known())
    await scene.say(text, buttons, subject=letter.subject)


async def _sign(scene: Scene) -> None:
    letter = await sign(scene.work, scene.known(), scene.number(), scene.number(1))
    await ask_for_paper(scene.work, LETTER_PAPER, {"letter": letter.id}, scene.known())
    reached = await _is_reached(scene.work, letter.addressee)
    key = "letter.toast.signed" if reached else "letter.toast.signed_not_reached"
    scene.toast(scene.label(key, number=letter.number), alert=not reached)


async def _is_reached(work: Work, person_id: int) -> bool:
    person = await work.rows.people.get(person_id)
    return person is not None and person.reachable


async def _drop(scene: Scene) -> None:
    await drop(scene.work, scene.known(), scene.number(), scene.number(1))
    scene.toast(scene.label("letter.toast.dropped"))


async def _receive(scene: Scene) -> None:
    letter = await receive(scene.work, scene.known(), scene.number(), scene.number(1))
    scene.toast(scene.label("letter.toast.received", number=letter.number))


async def _paper(scene: Scene) -> None:
    letter = await receive(scene.work, scene.known(), scene.number(), scene.number(1), on_paper=True)
    scene.toast(scene.label("letter.toast.paper", number=letter.number))


async def _edit(scene: Scene) -> None:
    letter = await visible_letter(scene.work, scene.known(), scene.number())
    if letter.state is not LetterState.DRAFT or letter.version != scene.number(1):
        raise Stale("letter.moved")
    await scene.open("edit_letter", {"letter": letter.id, "version": letter.version})


async def _withdraw(scene: Scene) -> None:
    letter = await visible_letter(scene.work, scene.known(), scene.number())
    if letter.version != scene.number(1):
        raise Stale("letter.moved")
    context = {"letter": letter.id, "version": letter.version, "number": letter.number}
    await scene.open("withdraw_letter", context)


async def _again(scene: Scene) -> None:
    """重发: the same letter as a new draft, which gets a number of its own."""
    await draft_again(scene.work, scene.known(), scene.number(), scene.number(1))
    scene.toast(scene.label("letter.toast.drafted_again"))


async def _file(scene: Scene) -> None:
    """要文件: the document once more, for whoever may read it."""
    await ask_for_paper(scene.work, LETTER_PAPER, {"letter": scene.number(), "copy": True}, scene.known())


async def _register(scene: Scene) -> None:
    await ask_for_paper(scene.work, LETTER_REGISTER, {}, scene.known())


_PRESSES = {
    "file": _file,
    "register": _register,
    "new": new_letter,
    "see": _see,
    "sign": _sign,
    "edit": _edit,
    "drop": _drop,
    "receive": _receive,
    "paper": _paper,
    "withdraw": _withdraw,
    "again": _again,
}

FEATURE = Feature(
    name="letter",
    presses={"lt": press},
    starts={"lt": start},
    commands={"letter": new_letter, "letters": letters},
)
