"""Facts and buttons of drills for texts and cards."""

from typing import Any

from domain.drills import Drill, DrillState
from domain.text import Button, ButtonStyle, Rows
from services.work import Work


async def drill_facts(work: Work, drill: Drill, lang: str) -> dict[str, Any]:
    label = work.words.label
    opener = await work.rows.people.get(drill.opened_by)
    return {
        "place": (await work.tree()).path(drill.place),
        "kind": label(f"response.kind.{drill.kind.value}", lang),
        "form": label(f"drill.form.{drill.form.value}", lang),
        "contents": [label(f"drill.content.{one.value}", lang) for one in drill.contents],
        "blind": drill.blind,
        "starts": work.local(drill.began_at or drill.starts_at),
        "ends": work.local(drill.ended_at or drill.ends_at),
        "state": label(f"drill.state.{drill.state.value}", lang),
        "opener": "" if opener is None else opener.name,
        "reason": drill.reason,
        "script": drill.script,
    }


def panel_buttons(work: Work, drill: Drill, lang: str) -> Rows:
    """What the organiser can play, and the end."""
    if drill.state is DrillState.PLANNED:
        return ((_button(work, "drop", drill, lang, ButtonStyle.DANGER),),)
    if drill.state is not DrillState.RUNNING:
        return record_buttons(work, drill, lang)
    return (
        (_button(work, "warn", drill, lang), _button(work, "respond", drill, lang)),
        (_button(work, "check", drill, lang), _button(work, "hazard", drill, lang)),
        (_button(work, "look", drill, lang), _button(work, "end", drill, lang, ButtonStyle.DANGER)),
    )


def record_buttons(work: Work, drill: Drill, lang: str) -> Rows:
    if not drill.is_over:
        return ()
    return ((_button(work, "judge", drill, lang, ButtonStyle.PRIMARY), _button(work, "paper", drill, lang)),)


def _button(work: Work, what: str, drill: Drill, lang: str, style: ButtonStyle | None = None) -> Button:
    return Button(work.words.label(f"drill.button.{what}", lang), f"dr:{what}:{drill.id}", style=style)
