"""Two dialogues as townships hold them, for the tests: the patrol of a pond, the assignment of a hazard."""

from datetime import datetime, timedelta, timezone
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, ValidationInfo, model_validator

from domain.answers import YES_NO, Choice, Headcount
from domain.forms import Answer, AnswerError, Ask, Form, Given, Kind, Location, Question, Session, Voice, start, step

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2024, 6, 24, 10, 30, tzinfo=CHINA)

LABELS = {
    "patrol.state.choice.ok": "正常",
    "patrol.state.choice.bad": "有异常",
    "patrol.state.choice.cannot": "去不了",
    "patrol.signs.choice.crack": "坝顶裂缝",
    "patrol.signs.choice.seep": "渗水",
    "patrol.signs.choice.murky": "渗水浑浊",
    "patrol.signs.choice.spill": "溢洪道堵塞",
    "patrol.why.choice.road": "路断了",
    "patrol.why.choice.danger": "太危险",
    "patrol.state.label": "情况",
    "patrol.level.label": "水位",
    "assign.how.choice.send": "派人",
    "assign.how.choice.pass_on": "转部门",
}


def words(key: str) -> str:
    return LABELS.get(key, "")


def not_later_than_now(moment: datetime, info: ValidationInfo) -> datetime:
    now = (info.context or {}).get("now")
    if now is not None and moment > now:
        raise AnswerError("time_in_future")
    return moment


def no_joking(text: str) -> str:
    if "玩笑" in text:
        raise AnswerError("joke", word="玩笑")
    return text


class Patrol(BaseModel):
    point: str
    post: str = "patroller"
    state: Literal["ok", "bad", "cannot"]
    why: Literal["road", "danger"] | None = None
    signs: Annotated[tuple[Literal["crack", "seep", "murky", "spill"], ...], Field(max_length=3)] = ()
    level: Annotated[float | None, Field(ge=0, le=999)] = None
    threatened: Headcount | None = None
    note: Annotated[str, Field(max_length=50), AfterValidator(no_joking)] | Voice | None = None
    seen_at: Annotated[AwareDatetime, AfterValidator(not_later_than_now)] | None = None
    photos: Annotated[tuple[str, ...], Field(max_length=3)] = ()
    where: Location | None = None

    @model_validator(mode="after")
    def murky_water_needs_a_level(self) -> "Patrol":
        if "murky" in self.signs and self.level is None:
            raise AnswerError("level_needed", question="level")
        if self.note == "地震":
            raise AnswerError("not_here")
        return self


def abnormal(known: object) -> bool:
    return known.get("state") == "bad"  # type: ignore[attr-defined]


PATROL = Form(
    "patrol",
    Patrol,
    [
        Question(
            name="state",
            kind=Kind.CHOICE,
            choices=(Choice("ok", aliases=("好", "没事")), Choice("bad", aliases=("有",)), Choice("cannot")),
            splits=True,
        ),
        Question(
            name="why",
            kind=Kind.CHOICE,
            choices=(Choice("road"), Choice("danger")),
            when=lambda known: known.get("state") == "cannot",
        ),
        Question(
            name="signs",
            kind=Kind.MULTI,
            choices=(Choice("crack"), Choice("seep"), Choice("murky"), Choice("spill")),
            when=abnormal,
            splits=True,
        ),
        Question(
            name="level",
            kind=Kind.NUMBER,
            units=("米",),
            required=False,
            when=lambda known: known.get("state") != "cannot",
            errors=("level_needed",),
            splits=True,
        ),
        Question(name="threatened", kind=Kind.COUNT, when=abnormal),
        Question(
            name="note",
            kind=Kind.TEXT,
            also=(Kind.VOICE,),
            required=False,
            when=abnormal,
            errors=("joke",),
            has_help=True,
        ),
        Question(
            name="seen_at",
            kind=Kind.TIME,
            lean="past",
            required=False,
            when=abnormal,
            default=lambda known: "2024-06-24T02:00:00Z",
        ),
        Question(name="photos", kind=Kind.PHOTO, many=True, required=False),
        Question(name="where", kind=Kind.LOCATION, required=False, when=abnormal),
    ],
    facts=("point", "post"),
    errors=("not_here",),
)


class Assignment(BaseModel):
    how: Literal["send", "pass_on"]
    person: int
    due: AwareDatetime
    measure: Annotated[str, Field(min_length=2, max_length=100)]
    listed: bool


ASSIGN = Form(
    "assign",
    Assignment,
    [
        Question(name="how", kind=Kind.CHOICE, choices=(Choice("send"), Choice("pass_on")), splits=True),
        Question(name="person", kind=Kind.PERSON, options="people", splits=True),
        Question(name="due", kind=Kind.TIME, lean="future", splits=True),
        Question(name="measure", kind=Kind.TEXT),
        Question(name="listed", kind=Kind.CHOICE, choices=YES_NO),
    ],
)

PEOPLE = (Choice("7", "山塘巡查员"), Choice("8", "堤防巡查员"), Choice("9", "网格员甲"))
GIVEN = Given(now=NOW, tz=CHINA, options={"people": PEOPLE}, label=words)


def again(session: Session) -> Session:
    """The session as it comes back from its row."""
    return Session.model_validate_json(session.model_dump_json())


class Talk:
    """One person in one dialogue; each session is stored and read back."""

    def __init__(self, form=PATROL, context=None, given=GIVEN):
        self.form, self.given = form, given
        context = {"point": "岭头山塘"} if context is None else context
        self.session, self.screen = start(form, context, given)

    def do(self, event):
        session, self.screen = step(self.form, again(self.session), event, self.given)
        self.session = session if session is None else again(session)
        return self

    def say(self, *texts):
        for text in texts:
            self.do(Answer(text=text))
        return self

    @property
    def at(self):
        return self.screen.question.name if isinstance(self.screen, Ask) else type(self.screen).__name__
