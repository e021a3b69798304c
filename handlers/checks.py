"""Spot checks as people touch them: /check asks, /checks shows one's own, answers are taken from the private chat,
calls and verdicts from buttons. All of it in private; into a group go figures only, and only on request."""

from domain.answers import is_received
from domain.checks import UNQUALIFIED, Call, Result, results_for
from domain.errors import DomainError, NotAllowed, Stale
from domain.numerals import plain
from domain.obligations import Channel
from domain.people import RIGHTS, Action
from domain.text import Button, ButtonStyle
from handlers.check_naming import card_for, name, name_yes, named_in
from handlers.dialogues.issue_check import begin
from handlers.incoming import What
from handlers.scene import Feature, Scene
from services.check_answers import (
    Said,
    Taken,
    may_explain,
    question_open_to,
    question_owed_by,
    question_replied_to,
    send_enclosures,
    take,
)
from services.check_asking import call_buttons, phone_list, question
from services.check_overview import show
from services.check_texts import judge_card
from services.check_verdicts import (
    Judged,
    agreeing,
    fingerprint,
    judge,
    judge_agreeing,
    record_call,
    to_judge,
    uphold,
)
from services.check_view import check_of, counts_of, everyone, require_issuer
from services.checks import cancel, post_counts

_SHOWN = 5
_WORDS = frozenset({"抽查", "check", "checks"})
_CHANNELS = {
    What.TEXT: Channel.TEXT,
    What.PHOTO: Channel.PHOTO,
    What.VOICE: Channel.VOICE,
    What.LOCATION: Channel.LOCATION,
}


def _word(scene: Scene, position: int) -> str:
    return scene.args[position] if len(scene.args) > position else ""


# -- asking -------------------------------------------------------------------------------------------------------


async def new_check(scene: Scene) -> None:
    """/check"""
    await begin(scene)


async def own_checks(scene: Scene) -> None:
    """/checks: the overview of each own one that is not finished, below everything else."""
    checker = scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    found = await scene.work.rows.checks.open_of(checker.id)
    for check in reversed(found[:_SHOWN]):
        await show(scene.work, check.id, checker)
    if not found:
        await scene.say(scene.text("check.none_open"))
    elif len(found) > _SHOWN:
        await scene.say(scene.text("check.more_open", shown=_SHOWN, count=len(found)))


async def word(scene: Scene) -> bool:
    """抽查, typed by somebody who may check, begins one. To everybody else the word means nothing."""
    if scene.incoming.what is not What.TEXT or scene.person is None or plain(scene.incoming.text) not in _WORDS:
        return False
    if not scene.person.holds(RIGHTS[Action.ISSUE_CHECK]):
        return False
    await begin(scene)
    return True


# -- answering ----------------------------------------------------------------------------------------------------


async def reply(scene: Scene) -> bool:
    """A reply to the question itself is its answer, whatever dialogue is open."""
    incoming, said = scene.incoming, _said(scene)
    if scene.person is None or said is None or incoming.reply_to is None:
        return False
    check_id = await question_replied_to(scene.work, scene.person, incoming.reply_to)
    if check_id is None:
        return False
    await _take(scene, check_id, said)
    return True


async def next_message(scene: Scene) -> bool:
    """While a question is open, the next message in the private chat answers it."""
    said = _said(scene)
    if scene.person is None or said is None:
        return False
    check_id = await question_open_to(scene.work, scene.person)
    if check_id is None:
        return False
    await _take(scene, check_id, said)
    return True


async def group_word(scene: Scene) -> bool:
    """A reply to the bot in a group answers the question that he owes an answer to: taken, nodded at, and confirmed in
    private. Bare figures and 收到 are not: in a group they answer the warning."""
    said, text = _said(scene), plain(scene.incoming.text)
    if scene.person is None or said is None or scene.incoming.reply_to is None or said.channel is not Channel.TEXT:
        return False
    if is_received(text) or text.isdigit():
        return False
    check_id = await question_owed_by(scene.work, scene.person)
    if check_id is None:
        return False
    taken = await take(scene.work, scene.person, check_id, said)
    await scene.nod()
    there = scene.aside()
    if there is not None:
        await there.say(there.text("check.taken.group", at=scene.work.local(taken.at)))
    return True


def _said(scene: Scene) -> Said | None:
    """What the message says; None for what answers nothing: a sticker, somebody else's words."""
    incoming = scene.incoming
    channel = _CHANNELS.get(incoming.what)
    if channel is None or (incoming.forwarded and channel is not Channel.LOCATION):
        return None
    return Said(
        channel,
        text=incoming.text,
        file_id=incoming.file_id,
        seconds=incoming.seconds,
        lat=incoming.lat,
        lon=incoming.lon,
        vouched=incoming.live and not incoming.forwarded,
        live_message=incoming.message_id if incoming.live and incoming.private else None,
    )


async def _take(scene: Scene, check_id: int, said: Said) -> None:
    taken = await take(scene.work, scene.known(), check_id, said)
    if taken.kind == "bare":
        asked = question(scene.work, taken.topic, scene.lang)
        await scene.say(scene.text("check.taken.bare", question=asked))
        return
    await scene.say(scene.text(f"check.taken.{taken.kind}", at=scene.work.local(taken.at)))
    if not said.text:
        await _ask_on(scene, taken)


async def _ask_on(scene: Scene, taken: Taken) -> None:
    """Two choices want a word more: when he arrives, who stands in."""
    if taken.kind in {"answer", "late"} and taken.codes in {("way",), ("leave",)}:
        await scene.say(scene.text(f"check.ask_on.{taken.codes[0]}"))


async def _answer(scene: Scene) -> None:
    """c:a:<check>:<choice>"""
    taken = await take(scene.work, scene.known(), scene.number(), Said(Channel.BUTTON, code=_word(scene, 1)))
    scene.toast(scene.label(f"check.taken.{taken.kind}", at=scene.work.local(taken.at)))
    await _ask_on(scene, taken)


# -- the telephone and the verdict --------------------------------------------------------------------------------


async def _see(scene: Scene) -> None:
    """c:see:<check>:<person>: his answer and the results to choose from, as a new message."""
    check, one = await to_judge(scene.work, scene.person, *await named_in(scene))
    await send_enclosures(scene.work, check, one, scene.known())
    await scene.say(*await card_for(scene, check, one))


async def _for(scene: Scene) -> None:
    """c:for:<check>:<person>: one of several on the telephone list."""
    check, one = await to_judge(scene.work, scene.person, *await named_in(scene))
    text, _ = await phone_list(scene.work, check, [one], (), scene.lang)
    await scene.say(text, call_buttons(scene.work, check, one.person, scene.lang))


async def _call(scene: Scene) -> None:
    """c:call:<check>:<person>:<how>: recorded, and the message goes on as the card to judge on."""
    check_id, person_id = await named_in(scene)
    try:
        how = Call(_word(scene, 2))
    except ValueError:
        raise Stale("refused.stale") from None
    one = await record_call(scene.work, scene.person, check_id, person_id, how)
    scene.toast(scene.label("check.called", name=one.person.name))
    check = await check_of(scene.work, check_id)
    await scene.redraw(*await judge_card(scene.work, check, one, scene.lang))


async def _set(scene: Scene) -> None:
    """c:set:<check>:<person>:<result>:<version>: a result. One that is not 合格 asks for its reasons first."""
    check_id, person_id = await named_in(scene)
    try:
        result = Result(_word(scene, 2))
    except ValueError:
        raise Stale("refused.stale") from None
    version = scene.number(3)
    if result in UNQUALIFIED:
        check, one = await to_judge(scene.work, scene.person, check_id, person_id)
        if version != (0 if one.verdict is None else one.verdict.version):
            raise Stale("check.refused.judged_already")
        if result not in results_for(heard=one.heard, tried=one.tried, explained=one.explained):
            raise DomainError("check.refused.does_not_fit")
        facts = {"check": check.id, "person": one.person.id, "result": result.value, "version": version}
        await scene.open("judge_check", facts)
        return
    await _show_judged(scene, await judge(scene.work, scene.person, check_id, person_id, result, version=version))


async def _keep(scene: Scene) -> None:
    """c:keep:<check>:<person>:<version>: the explanation was read, the result stays."""
    check_id, person_id = await named_in(scene)
    await _show_judged(scene, await uphold(scene.work, scene.person, check_id, person_id, version=scene.number(2)))


async def _show_judged(scene: Scene, judged: Judged) -> None:
    await scene.redraw(*await card_for(scene, judged.check, judged.one))
    result = scene.label(f"check.result.{judged.verdict.result.value}")
    key = "check.judged.told" if judged.told else "check.judged.not_told"
    person = judged.one.person
    scene.toast(scene.label(key, name=person.name, phone=person.phone, result=result), alert=not judged.told)


async def _all(scene: Scene) -> None:
    """c:all:<check>: those whose answers agree, by name, before they are judged together."""
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    check = await check_of(scene.work, scene.number())
    people = await agreeing(scene.work, scene.person, check)
    if not people:
        raise Stale("check.refused.list_changed")
    yes = Button(
        scene.label("check.button.all_yes"), f"c:allyes:{check.id}:{fingerprint(people)}", style=ButtonStyle.SUCCESS
    )
    names = [one.person.name for one in people]
    text = scene.text("check.together.confirm", number=check.number, names=names)
    await scene.say(text, ((yes, Button(scene.label("check.button.no"), "c:no")),))


async def _all_yes(scene: Scene) -> None:
    """c:allyes:<check>:<the list that was shown>"""
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    people = await judge_agreeing(scene.work, scene.person, scene.number(), _word(scene, 1))
    await scene.redraw(scene.text("check.together.done", count=len(people)))


async def _revise(scene: Scene) -> None:
    """c:rev:<check>:<person>: the results once more."""
    check, one = await to_judge(scene.work, scene.person, *await named_in(scene))
    await scene.redraw(*await judge_card(scene.work, check, one, scene.lang, revise=True))


async def _explain(scene: Scene) -> None:
    """c:explain:<check>: the person himself."""
    one = await may_explain(scene.work, scene.person, scene.number())
    await scene.open("explain_check", {"check": one.asked.check_id})


# -- the end ------------------------------------------------------------------------------------------------------


async def _counts(scene: Scene) -> None:
    """c:counts:<check>: what would be posted, before it is."""
    check = await check_of(scene.work, scene.number())
    await require_issuer(scene.work, scene.person, check)
    counts = counts_of(await everyone(scene.work, check))
    place = (await scene.work.tree()).path(check.place)
    text = scene.text("check.counts.confirm", place=place, answered=counts.answered, asked=counts.asked)
    yes = Button(scene.label("check.button.post"), f"c:post:{check.id}", style=ButtonStyle.PRIMARY)
    await scene.say(text, ((yes, Button(scene.label("check.button.no"), "c:no")),))


async def _post(scene: Scene) -> None:
    """c:post:<check>"""
    posted = await post_counts(scene.work, scene.person, scene.number())
    if posted.groups:
        await scene.redraw(scene.text("check.counts.posted", groups=list(posted.groups)))
    else:
        await scene.redraw(scene.text("check.counts.before" if posted.before else "check.counts.no_group"))


async def _cancel(scene: Scene) -> None:
    """c:cancel:<check>: asks once more."""
    check = await check_of(scene.work, scene.number())
    await require_issuer(scene.work, scene.person, check)
    yes = Button(scene.label("check.button.cancel_yes"), f"c:end:{check.id}", style=ButtonStyle.DANGER)
    text = scene.text("check.cancelled.confirm", number=check.number)
    await scene.say(text, ((yes, Button(scene.label("check.button.no"), "c:no")),))


async def _end(scene: Scene) -> None:
    """c:end:<check>"""
    check = await cancel(scene.work, scene.person, scene.number())
    await scene.redraw(scene.text("check.cancelled.done", number=check.number))


async def _no(scene: Scene) -> None:
    """c:no: nothing happens."""
    scene.known()
    await scene.redraw(scene.text("check.nothing_done"))


_PRESSES = {
    "new": new_check,
    "a": _answer,
    "see": _see,
    "for": _for,
    "call": _call,
    "set": _set,
    "all": _all,
    "allyes": _all_yes,
    "keep": _keep,
    "rev": _revise,
    "explain": _explain,
    "counts": _counts,
    "name": name,
    "nameyes": name_yes,
    "post": _post,
    "cancel": _cancel,
    "end": _end,
    "no": _no,
}


async def press(scene: Scene) -> None:
    """c:<what>:<check>[:<person>[:…]]"""
    handler = _PRESSES.get(_word(scene, 0))
    if handler is None:
        raise Stale("refused.stale")
    scene.args = scene.args[1:]
    await handler(scene)


FEATURE = Feature(
    name="check",
    plays=True,
    commands={"check": new_check, "checks": own_checks},
    presses={"c": press},
    urgent=(reply,),
    private=(word, next_message),
)
IN_GROUPS = Feature(name="check_in_groups", plays=True, group=(group_word,))
"""After the patrols: "山塘正常" is a round that was walked."""
