"""What a Chinese warning's title says: "<台>YYYY年M月D日H时M分发布暴雨橙色预警信号[Ⅱ级/严重]", and its variants.

Pure text in, facts out; nothing is guessed. The kind of a warning is whatever the office calls it, never one of a list:
new kinds come every year. Also reads the first sentence of a text, which is made the same way.
Source of facts: the naming rules of the national platform and titles that public feeds really carried.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from domain.colours import Colour, ColourEvidence, ColourReading, colour_of, headline_colours, parse_colour
from domain.notices import MsgType, clean_text

MAX_LETTERS = 4_000
MAX_SENTENCE = 300
MAX_KIND = 30


class Deed(StrEnum):
    """What an office does to a warning."""

    ISSUE = "issue"
    CONTINUE = "continue"
    UPDATE = "update"
    RAISE = "raise"
    LOWER = "lower"
    CHANGE = "change"
    LIFT = "lift"

    @property
    def msg_type(self) -> MsgType:
        return {Deed.ISSUE: MsgType.ALERT, Deed.LIFT: MsgType.CANCEL}.get(self, MsgType.UPDATE)


@dataclass(frozen=True, slots=True)
class Title:
    """`issuers`: the offices as people call them, without the province and the city before a county's. `region`: the
    place whose office it is, as far as the title says. `issued` only where the date is complete or `near` completes
    it. `level`: the colour that a level in brackets means. `colours`: what the title announces, in its order."""

    deed: Deed = Deed.ISSUE
    kind: str = ""
    colours: tuple[Colour, ...] = ()
    level: Colour | None = None
    issuers: tuple[str, ...] = ()
    region: str = ""
    issued: datetime | None = None

    @property
    def issuer(self) -> str:
        return "、".join(self.issuers)

    @property
    def colour(self) -> Colour | None:
        return max(self.colours, default=self.level)


def read_title(written: str, zone: tzinfo, near: datetime | None = None) -> Title:
    """The facts of a title or of a text's first sentence. `zone` is that of its times; `near` an instant close to
    them, which gives a date its missing year and month."""
    words = clean_text(written[:MAX_LETTERS])
    if not _HAN.search(words):
        return Title(colours=headline_colours(words))
    text = "".join(unicodedata.normalize("NFKC", words).split()).replace("发布:", "发布")
    head, rest = _parted(text)
    level = _LEVEL.search(head)
    lifted = bool(_LIFTED.search(head))
    head = _BRACKETS.sub("", head)
    date = _DATE.search(head)
    offices, deed, subject = _sentence(_DATE.sub("", head))
    if not offices and (signed := _SIGNED.search(_BRACKETS.sub("", rest))):
        offices, date = signed["offices"], date or _DATE.search(signed["date"] or "")
    colours = headline_colours(subject)
    if not colours and level is None and not _COLOUR.search(subject):
        colours = _announced(rest)
    every = _apart(offices)
    issuers = tuple(_short(office) for office in every)
    return Title(
        deed=Deed.LIFT if lifted else deed,
        kind=_kind(subject),
        colours=colours,
        level=parse_colour(level[1]) if level else None,
        issuers=issuers,
        region=_region(every[0]) if every else "",
        issued=_instant(date, zone, near) if date else None,
    )


def title_colour(explicit: Iterable[str], title: Title, severity: str = "") -> ColourReading:
    """The colour of a notice that has a title: fields made for it first, then the title and the level in its brackets,
    CAP's severity last. Where they differ the gravest counts, in conflict (see domain.colours)."""
    fields, severe = colour_of(explicit, "", None), colour_of((), "", severity)
    words = [colour for colour in (*title.colours, title.level) if colour is not None]
    said = [*words, *(reading.colour for reading in (fields, severe) if reading.colour is not None)]
    if not said:
        return fields
    gravest = max(said)
    evidence = ColourEvidence.HEADLINE if gravest in words else ColourEvidence.SEVERITY
    evidence = ColourEvidence.EXPLICIT if fields.colour is gravest else evidence
    return ColourReading(gravest, evidence, fields.conflict or len(set(said)) > 1)


# -- the sentence -----------------------------------------------------------------------------------------------

_HAN = re.compile("[\u4e00-\u9fff]")
_COLOUR = re.compile("[白蓝藍黄黃橙红紅黑绿綠]色")
_DATE = re.compile(
    r"[于從从]?(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})[日号]"
    r"(?:(?P<hour>\d{1,2})[时時点](?:(?P<minute>\d{1,2})分)?)?",
    re.ASCII,
)
_BRACKETS = re.compile(r"\[[^\[\]]{0,20}\]|【[^【】]{0,20}】|\([^()]{0,30}\)|/(?:IV|III|II|I)级?/\w{1,5}")
_LIFTED = re.compile(r"\((?:预警)?已?(?:解除|取消)\)")
_LEVEL = re.compile(r"[\[【(/](IV|III|II|I)级?[/\])】]")
_SIGNED = re.compile(
    r"(?:^|[。;!])(?P<offices>[^,。;:!()\d]{2,40}?)(?P<date>(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日[\d时分]{0,9})?"
    r"(?:联合)?发布[。.]?$",
    re.ASCII,
)
_AFTERWARDS = re.compile(r",(?!(?:同时|并|现)?(?:继续|重新|联合|改)?(?:发布|变更|升级|更新|解除|改发))")

_TURNED = re.compile(
    r"^(?P<offices>(?:[^将把]|将乐)*?)现?(?:将(?!乐)|把)(?P<subject>.+?)(?P<verb>升级|提升|升|上调|降级|降低|下调|降|变更|更新|调整|更改|转|改发?)"
    r"[为至成](?P<new>.+)$"
)
_TURNED_ALONE = re.compile(
    r"^(?P<offices>)(?P<subject>.+?预警(?:信号)?)(?P<verb>升级|提升|降级|降低|变更|更新|调整|更改|转|改)[为至成](?P<new>.+)$"
)
_LIFTS = re.compile(r"^(?P<offices>.*?)(?<![未不])(?:解除|取消|撤销)(?P<subject>.+)$")
_LIFTED_AT_END = re.compile(r"^(?P<subject>.+?)已?(?<![未不])(?:解除|取消|撤销)$")
_ISSUES_ANEW = re.compile(r",(?:同时|并|现)?(?:改发|发布|变更|升级|更新)(?:为|发布)?(?P<new>.+)$")
_SAYS = re.compile(
    r"^(?P<offices>.*?)(?:联合|已|现)?(?P<verb>(?:继续|持续|维持|更新|升级|降级|变更|重新)发布|发布(?!中心)|签发|发出|改发|继续|维持|更新|变更|升级|降级)"
    r"(?P<subject>.+)$"
)
_DEEDS = {
    **dict.fromkeys(("升级", "提升", "升", "上调"), Deed.RAISE),
    **dict.fromkeys(("降级", "降低", "降", "下调"), Deed.LOWER),
    **dict.fromkeys(("继续", "持续", "维持"), Deed.CONTINUE),
    **dict.fromkeys(("变更", "调整", "更改", "转", "改", "改发"), Deed.CHANGE),
    **dict.fromkeys(("更新", "重新"), Deed.UPDATE),
}
_BODY = r"(?:气象[台局站]|中心(?!城)|指挥部|[厅局](?![部地])|办公室|防[汛指]办|委员会|管委会|政府|应急办)"
_OFFICES = re.compile(rf"^(?P<offices>.{{2,}}{_BODY})(?P<subject>.+)$")


def _parted(text: str) -> tuple[str, str]:
    """The sentence that announces, and what comes after it."""
    end = re.search("[:。;!]", text)
    head, rest = (text[: end.start()], text[end.end() :]) if end else (text, "")
    warned = head.find("预警")
    comma = _AFTERWARDS.search(head, warned) if warned >= 0 else None
    head, rest = (head[: comma.start()], head[comma.end() :] + rest) if comma else (head, rest)
    return head[:MAX_SENTENCE], rest


def _sentence(head: str) -> tuple[str, Deed, str]:
    """Who, what he does, and the words for what he does it to."""
    if turned := _TURNED.match(head) or _TURNED_ALONE.match(head):
        offices = turned["offices"] or _without_verb(turned["subject"])[0]
        return offices, _DEEDS[turned["verb"]], turned["new"]
    if lifts := _LIFTS.match(head):
        anew = _ISSUES_ANEW.search(lifts["subject"])
        return lifts["offices"], Deed.CHANGE if anew else Deed.LIFT, anew["new"] if anew else lifts["subject"]
    if lifted := _LIFTED_AT_END.match(head):
        return *_without_verb(lifted["subject"])[:1], Deed.LIFT, _without_verb(lifted["subject"])[1]
    if says := _SAYS.match(head):
        verb = says["verb"] if says["verb"] == "改发" else says["verb"].removesuffix("发布")
        return says["offices"], _DEEDS.get(verb, Deed.ISSUE), says["subject"]
    offices, subject = _without_verb(head)
    return offices, Deed.ISSUE, subject


def _without_verb(head: str) -> tuple[str, str]:
    found = _OFFICES.match(head)
    return (found["offices"], found["subject"]) if found else ("", head)


def _kind(subject: str) -> str:
    """What is warned of, in the office's own words."""
    coloured = [re.split("[,、和]", piece)[-1] for piece in _COLOUR.split(subject)[:-1]]
    kinds = [_bare(kind) for kind in coloured or re.split("预警|警报|信号", subject)[:1]]
    return "、".join(dict.fromkeys(kind for kind in kinds if kind))[:MAX_KIND]


def _bare(kind: str) -> str:
    kind = re.sub(r"^(?:IV|III|II|I)级", "", kind.strip("“”\"'‘’《》为至了的,"))
    return re.sub(r"^(?:全[县市区]|我[县市区]|分镇|分区)", "", kind)


def _announced(rest: str) -> tuple[Colour, ...]:
    """The colours of a text that announces them place by place and not in its title."""
    found = [parse_colour(colour) for colour in re.findall(rf"发布[^,。;]{{0,20}}?({_COLOUR.pattern})预警", rest)]
    return tuple(dict.fromkeys(colour for colour in found if colour is not None))


# -- who --------------------------------------------------------------------------------------------------------

_UNIT = re.compile(r"[^、,]+?(?:特别行政区|自治[区州县旗]|省|地区|林区|[盟市县旗区])")
_JOINT = re.compile(r"[、,/]|(?<=[台局厅部会心站府办室])(?:联合|和|与|及)")


def _apart(offices: str) -> list[str]:
    pieces = (re.sub(r"(?:联合|于|已|现|将)+$", "", piece) for piece in _JOINT.split(offices))
    return [piece[:60] for piece in pieces if piece]


def _units(office: str) -> tuple[list[str], str]:
    """The places in the name of an office, from the province down, and what is left: its trade."""
    units: list[str] = []
    at = 0
    while unit := _UNIT.match(office, at):
        units.append(unit.group())
        at = unit.end()
    if units and office[at : at + 1] in {"区", "县", "市"}:  # 沙市区: a place that ends like two
        units[-1] += office[at]
        at += 1
    return units, office[at:]


def _short(office: str) -> str:
    units, trade = _units(office)
    return units[-1] + trade if units else office


def _region(office: str) -> str:
    return "".join(_units(office)[0])


def _instant(date: re.Match[str], zone: tzinfo, near: datetime | None) -> datetime | None:
    """The date of a sentence; its missing year and month are those that bring it closest before `near`."""
    day, hour, minute = (int(date[name] or 0) for name in ("day", "hour", "minute"))
    local = near.astimezone(zone) if near else None
    year = int(date["year"]) if date["year"] else local and local.year
    month = int(date["month"]) if date["month"] else local and local.month
    if date["hour"] is None or not year or not month:
        return None
    try:
        instant = datetime(year, month, day, hour, minute, tzinfo=zone)
        if local and not date["month"] and instant > local + timedelta(days=3):
            instant = instant.replace(year=year - (month == 1), month=(month - 2) % 12 + 1)
        elif local and not date["year"] and instant > local + timedelta(days=3):
            instant = instant.replace(year=year - 1)
    except ValueError:
        return None
    return instant.astimezone(UTC) if 1990 <= instant.year <= 2100 else None
