"""/ledger, in private: the ledgers as far as one may read them; by number or words; and the sheets."""

from dataclasses import replace
from typing import TypeVar

from domain.errors import Stale
from domain.ledger import LedgerView, Span
from domain.people import RIGHTS, Action
from domain.text import Rows
from handlers.incoming import What
from handlers.scene import Feature, Scene
from messages.keyboards import button, in_rows
from services.archive_paper import ARCHIVE
from services.event_scope import recent_events
from services.ledger_list import Shown, search, shown, words_of
from services.ledger_papers import HAZARD_LEDGER, PATROL_LEDGER
from services.papers import ask_for_paper
from services.point_papers import POINT_LEDGER

_LONGEST = 80
"""of what is looked for"""
_T = TypeVar("_T", Span, LedgerView)


async def command(scene: Scene) -> None:
    """/ledger [number, or words in any order]"""
    if await scene.only_private("ledger"):
        found = await search(scene.work, scene.person, scene.incoming.text.strip()[:_LONGEST])
        await scene.say(scene.card("ledger", **found.facts), _buttons(scene, found))


async def start(scene: Scene) -> None:
    """The link of a group: what stands in it is no search."""
    scene.incoming = replace(scene.incoming, text="")
    await command(scene)


async def turn(scene: Scene) -> None:
    """lg:v:<wish>:<span>:<before>"""
    wish, span, before = scene.number(1), _choice(scene, 2, Span), scene.number(3) or None
    found = await shown(scene.work, scene.person, span, wish, before=before)
    await scene.redraw(scene.card("ledger", **found.facts), _buttons(scene, found))


async def export(scene: Scene) -> None:
    """lg:x:<wish>:<span>:<view>"""
    words = await words_of(scene.work, scene.number(1))
    args = {"words": words, "span": _choice(scene, 2, Span).value, "view": _choice(scene, 3, LedgerView).value}
    await ask_for_paper(scene.work, HAZARD_LEDGER, args, scene.known())


async def patrols(scene: Scene) -> None:
    """lg:p:<days>"""
    await ask_for_paper(scene.work, PATROL_LEDGER, {"days": min(max(scene.number(1), 1), 3660)}, scene.known())


async def points(scene: Scene) -> None:
    """lg:r: the register of risk points"""
    await ask_for_paper(scene.work, POINT_LEDGER, {"view": LedgerView.AREA.value}, scene.known())


async def archive(scene: Scene) -> None:
    """lg:a:<days>"""
    await ask_for_paper(scene.work, ARCHIVE, {"days": min(max(scene.number(1), 1), 3660)}, scene.known())


async def events(scene: Scene) -> None:
    """lg:e: of which response or warning the archive is wanted"""
    found = await recent_events(scene.work, scene.person)
    rows = [(button(f"📦 {title}", f"lg:{kind}:{number}"),) for kind, number, title in found]
    await scene.say(scene.text("ledger.ask.event" if rows else "ledger.ask.no_event"), tuple(rows))


async def archive_of(scene: Scene) -> None:
    """lg:ap:<period> and lg:aw:<chain of warnings>"""
    name = "period" if scene.args[0] == "ap" else "event"
    await ask_for_paper(scene.work, ARCHIVE, {name: scene.number(1)}, scene.known())


async def press(scene: Scene) -> None:
    if not scene.incoming.private:
        raise Stale("refused.stale")
    what = scene.args[0] if scene.args else ""
    handler = {
        "v": turn,
        "x": export,
        "p": patrols,
        "r": points,
        "a": archive,
        "e": events,
        "ap": archive_of,
        "aw": archive_of,
    }.get(what)
    if handler is None:
        raise Stale("refused.stale")
    await handler(scene)


def _choice(scene: Scene, position: int, kind: type[_T]) -> _T:
    try:
        return kind(scene.args[position])
    except (IndexError, ValueError):
        raise Stale("refused.stale") from None


def _buttons(scene: Scene, found: Shown) -> Rows:
    wish, span = found.wish, found.span.value
    lines = [button(line["number"], f"h:see:{line['id']}:{line['version']}") for line in found.facts["lines"]]
    rows = list(in_rows(lines, 4))
    if found.next_before:
        rows.append((button(scene.label("ledger.button.more"), f"lg:v:{wish}:{span}:{found.next_before}"),))
    if not wish:
        spans = [one for one in Span if one is not found.span]
        rows += in_rows([button(scene.label(f"ledger.span.{one.value}"), f"lg:v:0:{one.value}:0") for one in spans], 4)
    if found.may_export and (lines or not wish):
        for one in LedgerView:
            title = scene.label("ledger.button.export", view=scene.label(f"ledger.view.{one.value}"))
            rows.append((button(title, f"lg:x:{wish}:{span}:{one.value}"),))
    if found.may_export and not wish:
        rows.append((button(scene.label("ledger.button.patrols"), "lg:p:30"),))
        rows.append((button(scene.label("ledger.button.points"), "lg:r"),))
        if any(post.role in RIGHTS[Action.DRAFT_LETTER] for post in scene.known().posts):
            rows.append((button(scene.label("ledger.button.letters"), "lt:register"),))
        rows.append((button(scene.label("ledger.button.archive"), "lg:a:30"),))
        rows.append((button(scene.label("ledger.button.events"), "lg:e"),))
    return tuple(rows)


async def word(scene: Scene) -> bool:
    """台账, or 台账 and what is looked for, typed without a stroke."""
    text = scene.incoming.text.strip()
    asked = scene.incoming.what is What.TEXT and text.startswith("台账")
    if asked:
        scene.incoming = replace(scene.incoming, text=text.removeprefix("台账"))
        await command(scene)
    return asked


FEATURE = Feature(
    name="ledger",
    commands={"ledger": command},
    presses={"lg": press},
    starts={"ledger": start},
    private=(word,),
)
