"""The card on which a check of one person is judged: everything he said, how the calls went, what the bot knows itself,
and a button for each result. Also the words in which he is told.
"""

from collections.abc import Mapping

from domain.check_compare import Compared
from domain.checks import EXCUSED, UNQUALIFIED, USUAL_REASON, Reason, Result, Topic, results_for
from domain.obligations import Channel
from domain.text import Button, ButtonStyle, Html, Rows
from services.check_asking import asked_question, topic_of
from services.check_facts import comparison, told
from services.check_view import One
from services.ports import CheckEntry, CheckRow, VerdictRow
from services.work import Work

_SHOWN = 8
"""so many entries are on the card: the first and the newest"""


async def judge_card(work: Work, check: CheckRow, one: One, lang: str, *, revise: bool = False) -> tuple[Html, Rows]:
    """The card, and the buttons that fit: to judge, or, once judged, to judge anew. `revise`: the results again."""
    tree = await work.tree()
    shown = one.entries if len(one.entries) <= _SHOWN else (one.entries[0], *one.entries[1 - _SHOWN :])
    absent = one.asked.standing_in_for
    stands_for = None if absent is None else await work.rows.people.get(absent)
    card = work.words.card(
        "check_judge",
        lang,
        number=check.number,
        name=one.person.name,
        phone=one.person.phone,
        role=work.words.label(f"role.name.{one.asked.role.value}", lang),
        place=tree.path(one.asked.place),
        absent="" if stands_for is None else stands_for.name,
        asked_at=work.local(check.issued_at),
        question=asked_question(work, check, one.asked, lang),
        entries=[await _line(work, entry, lang) for entry in shown],
        earlier=len(one.entries) - len(shown),
        facts=told(work, one.asked.facts, lang),
        compared=[_compared(work, line, lang) for line in comparison(check, one)],
        proof=_proof(work, check, one),
        result=None if one.verdict is None else await _verdict(work, one.verdict, lang),
    )
    if one.verdict is not None and not revise:
        return card, _judged_buttons(work, check, one, lang)
    return card, _result_buttons(work, check, one, lang)


def _compared(work: Work, line: Compared, lang: str) -> Mapping[str, object]:
    """What he said and what the bot knows, side by side, in words."""
    return {
        "item": work.words.label(f"check.item.{line.item}", lang),
        "said": _value(work, line.item, line.said, lang),
        "known": _value(work, line.item, line.known, lang),
        "match": line.match.value,
        "wanted": line.item == "presence",  # of whom there is no leave, he should be there: that is no record
    }


def _value(work: Work, item: str, value: str, lang: str) -> str:
    if item == "presence":
        return work.words.label(f"check.choice.{value}", lang)
    if item == "colour" and value:
        return work.words.label("check.colour", lang, colour=value)
    return value


def _proof(work: Work, check: CheckRow, one: One) -> str:
    """Where the county asks for a live position or a photo: whether one came. "" where none is asked for."""
    said = [entry for entry in one.entries if entry.kind in {"answer", "supplement"}]
    if not work.policy.checks.proof_wanted or topic_of(check, one.asked) is not Topic.PRESENCE or not said:
        return ""
    shown = any(entry.channel is Channel.PHOTO or (entry.lat is not None and entry.vouched) for entry in said)
    return "shown" if shown else "missing"


async def _line(work: Work, entry: CheckEntry, lang: str) -> Mapping[str, object]:
    """One thing that came in, in words."""
    author = await work.rows.people.get(entry.by)
    chosen = [work.words.label(f"check.choice.{code}", lang) for code in entry.codes]
    return {
        "kind": entry.kind,
        "at": work.local(entry.at),
        "late": entry.late,
        "author": "" if author is None else author.name,
        "call": work.words.label(f"check.call.{entry.text}", lang) if entry.kind == "call" else "",
        "text": "" if entry.kind == "call" else entry.text,
        "choices": work.words.label("check.chosen", lang, names=chosen) if chosen else "",
        "photo": entry.channel is Channel.PHOTO,
        "voice": entry.channel is Channel.VOICE,
        "seconds": entry.seconds,
        "where": "" if entry.lat is None else _where(work, entry, lang),
        "vouched": entry.vouched,
    }


def _where(work: Work, entry: CheckEntry, lang: str) -> str:
    """A position is compared with the post's place and marked; it judges nobody. One that went on live says how near it
    came."""
    if entry.metres is None:
        return work.words.label("check.where.unknown", lang)
    where = _away(work, entry.metres, lang)
    if entry.nearest is None:
        return where
    return work.words.label("check.where.nearer", lang, where=where, nearest=_away(work, entry.nearest, lang))


def _away(work: Work, metres: int, lang: str) -> str:
    if metres > work.policy.checks.far_metres:
        return work.words.label("check.where.far", lang, km=round(metres / 1000, 1))
    return work.words.label("check.where.near", lang, metres=metres)


async def _verdict(work: Work, verdict: VerdictRow, lang: str) -> Mapping[str, object]:
    author = await work.rows.people.get(verdict.by)
    return {
        "name": work.words.label(f"check.result.{verdict.result.value}", lang),
        "reasons": reasons(work, verdict, lang),
        "author": "" if author is None else author.name,
        "at": work.local(verdict.at),
        "version": verdict.version,
        "upheld": verdict.upheld,
        "leave_missing": verdict.leave_missing,
    }


def reasons(work: Work, verdict: VerdictRow, lang: str, *, but: Reason = Reason.OTHER) -> list[str]:
    """In words, `but` left out; 其他 is what was written."""
    named = [
        work.words.label(f"check.reason.{reason.value}", lang)
        for reason in verdict.reasons
        if reason not in {Reason.OTHER, but}
    ]
    return [*named, verdict.other] if verdict.other else named


def _result_buttons(work: Work, check: CheckRow, one: One, lang: str) -> Rows:
    version = 0 if one.verdict is None else one.verdict.version
    results = tuple(
        (
            Button(
                work.words.label(f"check.result.{result.value}", lang),
                f"c:set:{check.id}:{one.person.id}:{result.value}:{version}",
                style=_style(result),
            ),
        )
        for result in results_for(heard=one.heard, tried=one.tried, explained=one.explained)
    )
    if one.heard or one.verdict is not None:
        return results
    again = Button(
        work.words.label("check.button.call_again", lang),
        f"c:for:{check.id}:{one.person.id}",
        style=ButtonStyle.PRIMARY,
    )
    return ((again,), *results)


def _style(result: Result) -> ButtonStyle | None:
    if result in UNQUALIFIED or result in EXCUSED:
        return None
    return ButtonStyle.SUCCESS


def _judged_buttons(work: Work, check: CheckRow, one: One, lang: str) -> Rows:
    """Once judged: anew, and, where he has explained himself since, the same again."""
    assert one.verdict is not None
    version, at = one.verdict.version, one.verdict.at
    again = Button(work.words.label("check.button.revise", lang), f"c:rev:{check.id}:{one.person.id}")
    explained = any(entry.kind == "explanation" and entry.at >= at for entry in one.entries)
    if not explained:
        return ((again,),)
    keep = Button(
        work.words.label("check.button.uphold", lang),
        f"c:keep:{check.id}:{one.person.id}:{version}",
        style=ButtonStyle.PRIMARY,
    )
    return ((keep,), (again,))


def told_text(work: Work, check: CheckRow, one: One, verdict: VerdictRow, judge: str) -> Html:
    """How the person himself is told, kindly and only him."""
    return work.words.card(
        "check_told",
        one.person.language,
        result=verdict.result.value,
        revised=verdict.version > 1 and not verdict.upheld,
        upheld=verdict.upheld,
        judge=judge,
        asked_at=work.local(check.issued_at),
        # the result says its usual reason already
        reasons=reasons(work, verdict, one.person.language, but=USUAL_REASON.get(verdict.result, Reason.OTHER)),
        can_explain=verdict.result is not Result.ON_POST,
    )
