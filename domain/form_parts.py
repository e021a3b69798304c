"""What dialogues are made of: questions and forms, the session, the events that come in, the screens that go out.

Only data. The engine is forms.py, which offers all of this under its own name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from domain.answers import Choice, Lean

REVIEW = "review"
RESERVED = frozenset({REVIEW, "title", "error"})
Known: TypeAlias = Mapping[str, JsonValue]


class Kind(StrEnum):
    """What a question takes; behind it the type of its field."""

    TEXT = "text"  # str
    CHOICE = "choice"  # one of `choices`: str, Literal, an enum, bool
    MULTI = "multi"  # several of `choices`: tuple of the same
    NUMBER = "number"  # int, float or Decimal
    COUNT = "count"  # households and people: answers.Headcount
    TIME = "time"  # aware datetime
    PHOTO = "photo"  # file id: str, with `many` tuple[str, ...]
    LOCATION = "location"  # Location
    VOICE = "voice"  # Voice
    PERSON = "person"  # id of a person: int
    PLACE = "place"  # code of a place: str
    PICK = "pick"  # one of the options the caller brings


class Location(BaseModel, frozen=True):
    """Degrees; `accuracy` in metres. One that is forwarded, or not live, proves no presence."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    accuracy: float | None = Field(None, ge=0, allow_inf_nan=False)
    live: bool = False
    forwarded: bool = False


class Voice(BaseModel, frozen=True):
    file_id: str
    seconds: int = Field(ge=0)


class AnswerError(ValueError):
    """Raised by a validator of a form: the key of the reason and its facts. A rule over several fields names the
    `question` to blame."""

    def __init__(self, key: str, question: str | None = None, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.question = question
        self.facts = facts


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question. It is asked while `when(known)` holds, and then `required` whatever the model says."""

    name: str
    kind: Kind
    required: bool = True
    when: Callable[[Known], bool] | None = None
    choices: tuple[Choice, ...] = ()
    """of CHOICE and MULTI; beside free input (TEXT, NUMBER, TIME) shortcuts"""
    options: str | None = None
    """instead of `choices`: the key under which the caller brings them in Given.options"""
    default: Callable[[Known], JsonValue] | None = None
    """proposes a value, shown as the present one and taken by Keep"""
    nothing: JsonValue = None
    """the value of 无 and 没有 (0 for a number); without it they skip what may be skipped"""
    also: tuple[Kind, ...] = ()
    """TEXT, PHOTO, LOCATION, VOICE: taken as well; the field is then a union"""
    many: bool = False
    """PHOTO: each further photo is added, later ones too"""
    splits: bool = False
    """one text may go on with the answers to the next questions: "6,水位31.2", "1 下面3户" """
    units: tuple[str, ...] = ()
    """NUMBER: ("米",)"""
    lean: Lean | None = None
    """TIME: a deadline ("future") or something that has happened ("past")"""
    errors: tuple[str, ...] = ()
    """keys of AnswerError with a text of their own"""
    has_help: bool = False

    def takes(self, kind: Kind) -> bool:
        return kind is self.kind or kind in self.also


class Form:
    """A dialogue. Wrong names are a ValueError here, at its definition; form_problems() finds the rest.

    Validators find the present time as info.context["now"]. `facts` are the fields that only the context fills.
    `upgrade(version, answers)` renames what an older version left; whatever else no longer fits is asked again.
    """

    def __init__(
        self,
        name: str,
        model: type[BaseModel],
        questions: Sequence[Question],
        *,
        facts: Sequence[str] = (),
        errors: Sequence[str] = (),
        version: int = 1,
        upgrade: Callable[[int, dict[str, JsonValue]], dict[str, JsonValue]] | None = None,
    ) -> None:
        self.name = name
        self.model = model
        self.asks: Mapping[str, Question] = {question.name: question for question in questions}
        self.facts = tuple(facts)
        self.errors = tuple(errors)
        self.version = version
        self.upgrade = upgrade
        names = [*(question.name for question in questions), *facts]
        wrong = set(names) ^ set(model.model_fields)
        wrong |= {name for name in names if name in RESERVED or names.count(name) > 1}
        if wrong:
            raise ValueError(f"form {name}: not a field, not asked, twice or reserved: {sorted(wrong)}")
        self.rules: dict[str, TypeAdapter[Any]] = {
            key: TypeAdapter(Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation)
            for key, info in model.model_fields.items()
        }
        self.option_keys = frozenset(question.options for question in questions if question.options)


class Session(BaseModel):
    """Where somebody stands in a form; all of it JSON. Never changed, only copied.

    `rev` goes up with every accepted step and is in the buttons. A press counts if it was made on the question now
    on screen, which came there at `since`. Answers of branches now closed are kept and not used.
    """

    model_config = ConfigDict(frozen=True)

    form: str
    version: int = 1
    at: str
    """name of the question on screen, or REVIEW"""
    answers: dict[str, JsonValue] = {}
    context: dict[str, JsonValue] = {}
    skipped: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()
    """what Back left behind, the nearest last"""
    ticked: tuple[str, ...] | None = None
    """codes ticked so far in a MULTI question that is not done"""
    editing: bool = False
    rev: int = 1
    since: int = 1


@dataclass(frozen=True, slots=True)
class Given:
    """What the engine is told of the world at a step.

    `now` (aware) and `tz` are needed by forms with a TIME question, `options` by those with options: every key of
    form.option_keys. `label` gives the words of a text key in the person's language, so that a choice can be typed.
    """

    now: datetime | None = None
    tz: tzinfo | None = None
    options: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    label: Callable[[str], str] | None = None

    @property
    def for_rules(self) -> dict[str, Any]:
        """What validators find in `info.context`: "now", for rules such as "not in the future"."""
        return {"now": self.now}


NOTHING_GIVEN = Given()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Exactly one of the contents is given (ValueError otherwise). `rev` comes from the button pressed, if any."""

    text: str | None = None
    choice: str | None = None
    choices: tuple[str, ...] | None = None
    photo: str | None = None
    location: Location | None = None
    voice: Voice | None = None
    person: int | None = None
    place: str | None = None
    rev: int | None = None

    def __post_init__(self) -> None:
        if sum(getattr(self, name) is not None for name in self.__slots__ if name != "rev") != 1:
            raise ValueError("an answer has exactly one content")


@dataclass(frozen=True, slots=True)
class Back:
    rev: int | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    rev: int | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """Goes on with the value shown (the present answer, or the proposal)."""

    rev: int | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    rev: int | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    rev: int | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    name: str
    rev: int | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """Sets or clears one tick of a MULTI question; `on` is in the button, so a second press does no harm."""

    code: str
    on: bool = True
    rev: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The ticks are the answer."""

    rev: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Turns the page of a long choice, from 0."""

    number: int
    rev: int | None = None


Event: TypeAlias = Answer | Back | Skip | Keep | Cancel | Confirm | Edit | Tick | Done | Page


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask `question`, the `number`th of `total`. `error` is the full key of a text, `facts` its variables."""

    question: Question
    number: int
    total: int
    choices: tuple[Choice, ...]
    value: JsonValue
    ticked: tuple[str, ...]
    can_back: bool
    error: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    page: int = 0

    @property
    def can_skip(self) -> bool:
        return not self.question.required

    @property
    def can_keep(self) -> bool:
        return self.value is not None


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the review. `value` None: skipped. `chosen` are the choices the value stands for, if any."""

    question: Question
    value: JsonValue
    chosen: tuple[Choice, ...]
    editable: bool
    """False for what was known at the start"""


@dataclass(frozen=True, slots=True)
class Review:
    items: tuple[Item, ...]
    error: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Submit:
    """All answers, validated whole. The caller still holds its session: it stays if the service refuses."""

    answers: BaseModel


@dataclass(frozen=True, slots=True)
class Cancelled:
    pass


@dataclass(frozen=True, slots=True)
class Stale:
    """The button belongs to an earlier question; nothing was changed."""


Screen: TypeAlias = Ask | Review | Submit | Cancelled | Stale
