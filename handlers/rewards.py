"""Rewards as people touch them: /rewards lists the cases of one's area; buttons decide, pay out, and give a reporter
his code. All of it in private.
"""

from domain.errors import NotAllowed, Stale
from domain.people import RIGHTS, Action
from domain.text import Button, Html, Rows
from handlers.scene import Feature, Scene
from messages.keyboards import flowing, stacked
from services import rewards
from services.papers import ask_for_paper
from services.reward_cards import draw_reward, reward_facts
from services.reward_papers import REWARD_SHEET

PAGE = 10


async def cases(scene: Scene) -> None:
    """/rewards"""
    if not await scene.only_private("rw"):
        return
    person = scene.known()
    if not person.holds({**RIGHTS[Action.PROPOSE_REWARD], **RIGHTS[Action.APPROVE_REWARD]}):
        raise NotAllowed("refused.no_right")
    drawn = await _page(scene, None)
    if drawn is None:
        await scene.say(scene.text("reward.none"))
        return
    await scene.say(*drawn)


async def _page(scene: Scene, before: int | None) -> tuple[Html, Rows] | None:
    """Ten cases, and the way to the next ten. None where there is none."""
    found = await rewards.cases_of(scene.work, scene.known(), PAGE + 1, before)
    shown, more = found[:PAGE], len(found) > PAGE
    if not shown:
        return None
    lines = [await reward_facts(scene.work, one, scene.lang) for one in shown]
    buttons = [Button(one.number, f"rw:see:{one.id}:{one.version}") for one in shown]
    onward = Button(scene.label("button.next_page"), f"rw:page:{shown[-1].id}") if more else None
    return scene.card("reward_list", rewards=lines), stacked(flowing(buttons), onward, _export(scene))


async def _turn(scene: Scene) -> None:
    """rw:page:<the last one shown>"""
    drawn = await _page(scene, scene.number())
    if drawn is None:
        raise Stale("refused.stale")
    await scene.redraw(*drawn)


def _export(scene: Scene) -> Rows:
    if not scene.known().holds(RIGHTS[Action.PAY_REWARD]):
        return ()
    return ((Button(scene.label("reward.button.export"), "rw:export"),),)


async def start(scene: Scene) -> None:
    await cases(scene)


async def press(scene: Scene) -> None:
    """rw:<what>:<case>:<version>"""
    handler = _PRESSES.get(scene.args[0] if scene.args else "")
    if handler is None:
        raise Stale("refused.stale")
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    scene.args = scene.args[1:]
    await handler(scene)


async def _code(scene: Scene) -> None:
    """领奖码: in the answer to the press and nowhere else."""
    user_id = scene.incoming.user_id
    if user_id is None:
        raise NotAllowed("refused.anonymous")
    code = await rewards.new_code(scene.work, user_id, scene.number())
    scene.toast(scene.label("reward.toast.code", code=code), alert=True)


async def _see(scene: Scene) -> None:
    person, case = scene.known(), await scene.work.rows.supervision.rewards.get(scene.number())
    if case is None:
        raise Stale("refused.stale")
    if not await rewards.sees_case(scene.work, person, case):
        raise NotAllowed("refused.no_right")
    text, buttons = await draw_reward(scene.work, case, person)
    await scene.say(text, buttons, subject=case.subject)


async def _approve(scene: Scene) -> None:
    await rewards.approve(scene.work, scene.known(), scene.number(), scene.number(1))
    scene.toast(scene.label("reward.toast.approved"))


async def _back(scene: Scene) -> None:
    await rewards.give_back(scene.work, scene.known(), scene.number(), scene.number(1))
    scene.toast(scene.label("reward.toast.back"))


async def _pay_known(scene: Scene) -> None:
    await rewards.pay_known(scene.work, scene.known(), scene.number(), scene.number(1))
    scene.toast(scene.label("reward.toast.paid"))


async def _who(scene: Scene) -> None:
    case, report = await rewards.reporter_of(scene.work, scene.known(), scene.number())
    person = None if report.person_id is None else await scene.work.rows.people.get(report.person_id)
    phone = "" if person is None else person.phone
    await scene.say(scene.text("reward.reporter", case=case.number, name=report.name, phone=phone))


async def _open(scene: Scene, dialogue: str) -> None:
    """The right is asked when the dialogue is submitted, and by the card that has the button."""
    case = await scene.work.rows.supervision.rewards.get(scene.number())
    if case is None or case.version != scene.number(1):
        raise Stale("reward.moved")
    await rewards.must_decide(scene.work, scene.known(), case)
    low, high = await rewards.amounts(scene.work, case)
    context = {"case": case.id, "version": case.version, "number": case.number}
    await scene.open(dialogue, context | ({"low": low, "high": high} if dialogue == "propose_reward" else {}))


async def _propose(scene: Scene) -> None:
    await _open(scene, "propose_reward")


async def _refuse(scene: Scene) -> None:
    await _open(scene, "refuse_reward")


async def _pay(scene: Scene) -> None:
    await _open(scene, "pay_reward")


async def _export_sheet(scene: Scene) -> None:
    await ask_for_paper(scene.work, REWARD_SHEET, {}, scene.known())


_PRESSES = {
    "code": _code,
    "page": _turn,
    "see": _see,
    "propose": _propose,
    "approve": _approve,
    "back": _back,
    "refuse": _refuse,
    "pay": _pay,
    "pay_known": _pay_known,
    "who": _who,
    "export": _export_sheet,
}

FEATURE = Feature(name="reward", presses={"rw": press}, starts={"rw": start}, commands={"rewards": cases})
