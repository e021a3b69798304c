"""A small maker: the dialogue in which something goes back with its reason, by a button or in words."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, create_model

from domain.answers import Choice
from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene

Giving = Callable[[Scene, int, str, int], Awaitable[str]]
"""Calls the service with the id, the reason and the version; returns the number for the closing words."""


def reason_dialogue(
    name: str, subject: str, reasons: tuple[str, ...], give: Giving, *, versioned: bool = False, longest: int = 300
) -> Dialogue:
    """`subject` names the fact that holds the id: "hazard", "letter". Its texts: <name>.reason and <name>.done.
    `versioned`: the fact "version" says for which state the button was drawn; without it `give` gets 0."""
    numbers = (subject, "version") if versioned else (subject,)
    answers = create_model(
        "Answers",
        __config__=ConfigDict(frozen=True),
        **dict.fromkeys(numbers, (int, ...)),
        number=(str, ...),  # type: ignore[call-overload]
        reason=(Annotated[str, Field(min_length=2, max_length=longest)], ...),
    )

    async def may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
        scene.known()
        if not scene.incoming.private:
            raise NotAllowed("refused.private_only")

    async def submit(scene: Scene, said: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
        given = said.model_dump()
        reason = given["reason"]
        if reason in reasons:
            reason = scene.label(f"{name}.reason.choice.{reason}")
        return scene.text(f"{name}.done", number=await give(scene, given[subject], reason, given.get("version", 0)))

    form = Form(
        name,
        answers,
        (Question(name="reason", kind=Kind.TEXT, choices=tuple(Choice(code) for code in reasons)),),
        facts=(*numbers, "number"),
    )
    return Dialogue(form=form, submit=submit, may=may)
