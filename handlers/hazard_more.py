"""What a desk and the one who fixes press on a hazard beside its straight way: passing it on with a reason, the
county's word, more time, how it goes, merging two into one, whether a reporter may be named."""

from domain.errors import NotAllowed, Stale
from domain.hazards import Grade, Move
from domain.text import Button
from handlers.incoming import What
from handlers.scene import Feature, Scene
from messages.keyboards import flowing, stacked
from services.hazard_desk import departments, moves_of, reported_by
from services.hazard_same import merge, mergeable, unmerge
from services.hazard_time import answer_extension, asked_for_progress, progress
from services.hazards import decide_owner, grade, refer
from services.ports import HazardRow

WHY = ("not_ours", "no_means", "expert")
_LONGEST = 36
"""bytes of a department's name in a button"""
_LINE = 300


async def row_of(scene: Scene) -> HazardRow:
    """The hazard of the button, as it stands now. Stale where the button is of an earlier version."""
    row = await scene.work.rows.hazards.get(scene.number(0))
    if row is None:
        raise Stale("refused.stale")
    if row.version != scene.number(1):
        raise Stale(f"hazard.moved.{row.state.value}", number=row.number)
    return row


async def must(scene: Scene, row: HazardRow, move: Move) -> None:
    if move not in await moves_of(scene.work, scene.known(), row):
        raise NotAllowed("refused.no_right")


def _word(scene: Scene, position: int) -> str:
    return scene.args[position] if len(scene.args) > position else ""


# -- whose it is ----------------------------------------------------------------------------------------------------


async def ask_department(scene: Scene) -> None:
    """转部门: which one, then why. What was passed on once goes to the county, so only why is asked."""
    row = await row_of(scene)
    await must(scene, row, Move.REFER)
    if row.refusals:
        await _ask_why(scene, row, "-", "hazard.ask.to_county")
        return
    found = [one for one in await departments(scene.work, row.category) if one != row.department]
    buttons = [Button(one, f"h:refer_to:{row.id}:{row.version}:{one}") for one in found if len(one.encode()) < _LONGEST]
    text = scene.text("hazard.ask.department" if buttons else "hazard.ask.no_department", number=row.number)
    await scene.say(text, flowing(buttons) if buttons else (), subject=row.subject)


async def ask_why(scene: Scene) -> None:
    row = await row_of(scene)
    await must(scene, row, Move.REFER)
    department = _word(scene, 2)
    if department not in await departments(scene.work, row.category):
        raise Stale("refused.stale")
    await _ask_why(scene, row, department, "hazard.ask.why")


async def _ask_why(scene: Scene, row: HazardRow, department: str, address: str) -> None:
    buttons = [
        Button(scene.label(f"hazard.why.{code}"), f"h:rw:{row.id}:{row.version}:{department}:{number}")
        for number, code in enumerate(WHY)
    ]
    text = scene.text(address, number=row.number, department=department)
    await scene.say(text, flowing(buttons), subject=row.subject)


async def pass_on(scene: Scene) -> None:
    """h:rw:<hazard>:<version>:<department>:<reason>"""
    why = scene.number(3)
    if why >= len(WHY):
        raise Stale("refused.stale")
    row = await refer(scene.work, scene.known(), scene.number(0), scene.number(1), _word(scene, 2), WHY[why])
    address = "hazard.done.to_county" if row.with_county else "hazard.done.refer"
    await scene.redraw(scene.text(address, number=row.number, department=row.department))


async def ask_owner(scene: Scene) -> None:
    """The county's word: a department, or the township."""
    row = await row_of(scene)
    await must(scene, row, Move.DECIDE)
    found = [one for one in await departments(scene.work, row.category) if len(one.encode()) < _LONGEST]
    buttons = [Button(one, f"h:owner:{row.id}:{row.version}:{one}") for one in found]
    township = Button(scene.label("hazard.button.township"), f"h:owner:{row.id}:{row.version}:-")
    text = scene.text("hazard.ask.owner", number=row.number)
    await scene.say(text, stacked(flowing(buttons) if buttons else (), township), subject=row.subject)


async def owner(scene: Scene) -> None:
    said = _word(scene, 2)
    department = "" if said == "-" else said
    row = await decide_owner(scene.work, scene.known(), scene.number(0), scene.number(1), department)
    await scene.redraw(scene.text("hazard.done.decide", number=row.number, department=row.department))


# -- its grade, its time, how it goes --------------------------------------------------------------------------------


async def set_grade(scene: Scene) -> None:
    """重大 asks what it may lead to, and what keeps people safe until it is fixed."""
    row, to = await row_of(scene), _word(scene, 2)
    if to == Grade.MINOR.value:
        row = await grade(scene.work, scene.known(), row.id, row.version, Grade.MINOR)
        scene.toast(scene.label("hazard.toast.minor", number=row.number), alert=True)
        return
    await must(scene, row, Move.GRADE)
    if to != Grade.MAJOR.value or row.grade is Grade.MAJOR:
        raise Stale("refused.stale")
    await scene.open("grade_hazard", {"hazard": row.id, "number": row.number, "version": row.version})


async def more_time(scene: Scene) -> None:
    row = await row_of(scene)
    await must(scene, row, Move.ASK_EXTENSION)
    if row.due_at is None or row.extension_until is not None:
        raise Stale("hazard.refused.asked_already", number=row.number)
    await scene.open("extend_hazard", {"hazard": row.id, "number": row.number, "was": row.due_at.isoformat()})


async def give_time(scene: Scene) -> None:
    row = await answer_extension(scene.work, scene.known(), scene.number(0), scene.number(1), yes=True)
    scene.toast(scene.label("hazard.toast.extended", number=row.number))


async def give_no_time(scene: Scene) -> None:
    row = await answer_extension(scene.work, scene.known(), scene.number(0), scene.number(1), yes=False)
    scene.toast(scene.label("hazard.toast.not_extended", number=row.number))


async def steady(scene: Scene) -> None:
    """没变化"""
    row = await progress(scene.work, scene.known(), scene.number(0), "", scene.number(1))
    scene.toast(scene.label("hazard.toast.steady", number=row.number))


async def progress_word(scene: Scene) -> bool:
    """One line of how it goes, or 0, from somebody who was asked and has nothing else to answer."""
    words, person = scene.incoming.text.strip(), scene.person
    if scene.incoming.what is not What.TEXT or person is None or scene.incoming.forwarded or not words:
        return False
    asked = await asked_for_progress(scene.work, person)
    if not asked or words[-1] in "?？":
        return False
    same = words.strip("。. ") in _SAME
    row = await progress(scene.work, person, asked[0].id, "" if same else words[:_LINE])
    address = "hazard.done.steady" if same else "hazard.done.progress"
    await scene.say(scene.text(address, number=row.number, words=words), subject=row.subject)
    return True


_SAME = frozenset({"0", "０", "零", "没变化", "没有变化", "无变化", "一样", "没有", "无", "还是老样子"})


# -- two of one thing ------------------------------------------------------------------------------------------------


async def ask_main(scene: Scene) -> None:
    """并入: what is open near it."""
    row = await row_of(scene)
    await must(scene, row, Move.MERGE)
    found = await mergeable(scene.work, row)
    buttons = [Button(one.number, f"h:merge:{row.id}:{row.version}:{one.id}") for one in found]
    lines = [
        {
            "number": one.number,
            "what": one.what,
            "category": scene.label(f"report_hazard.category.choice.{one.category.value}"),
        }
        for one in found
    ]
    text = scene.card("hazard_same", number=row.number, found=lines)
    await scene.say(text, flowing(buttons) if buttons else (), subject=row.subject)


async def merge_into(scene: Scene) -> None:
    row = await merge(scene.work, scene.known(), scene.number(0), scene.number(1), scene.number(2))
    main = None if row.merged_into is None else await scene.work.rows.hazards.get(row.merged_into)
    text = scene.text("hazard.done.merge", number=row.number, main="" if main is None else main.number)
    undo = Button(scene.label("hazard.button.unmerge"), f"h:unmerge:{row.id}:{row.version}")
    await scene.redraw(text, ((undo,),))


async def take_apart(scene: Scene) -> None:
    row = await unmerge(scene.work, scene.known(), scene.number(0), scene.number(1))
    scene.toast(scene.label("hazard.toast.unmerged", number=row.number))


async def may_name(scene: Scene) -> None:
    """A reporter whom the roster does not know lets others than the desk know who he is."""
    row, user_id = await scene.work.rows.hazards.get(scene.number(0)), scene.incoming.user_id
    if row is None or user_id is None or not await reported_by(scene.work, user_id, row):
        raise NotAllowed("refused.no_right")
    await scene.work.rows.hazards.name_reporter(row.id, user_id, unnamed=False)
    await scene.work.note("hazard.reporter_named", row.subject, scene.person)
    scene.toast(scene.label("hazard.toast.named"), alert=True)


PRESSES = {
    "refer": ask_department,
    "refer_to": ask_why,
    "rw": pass_on,
    "decide": ask_owner,
    "owner": owner,
    "grade": set_grade,
    "more_time": more_time,
    "extend": give_time,
    "no_time": give_no_time,
    "steady": steady,
    "same": ask_main,
    "merge": merge_into,
    "unmerge": take_apart,
    "name": may_name,
}


LAST_WORDS = Feature(name="hazard_progress", private=(progress_word,))
"""Asked after everybody else: whoever owes a line on his hazard may still ask for the ledger or a map by its word."""
