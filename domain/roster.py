"""The roster of responsible persons as a file: which columns it has, what a line means, what is wrong with it.

Pure: lines in, persons and problems out. What is in the database already, and what follows from the difference, is
services/roster.py's. One person is one contact however many lines and posts; the number tells persons apart.

Source of the columns: form F1 of the field, names of columns and posts from rosters in use.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from domain.channels import addresses_in
from domain.people import COUNTY_ROLES, Post, Role
from domain.phones import is_rounded, last_four, read_mobile
from domain.place_finding import Named, find_place
from domain.places import Level, Place, PlaceCode, PlaceTree
from domain.posts import WITH_DEPARTMENT, department_named, role_named, seat_of, split_posts
from domain.tables import CellError, Cells, Column, Line, Problem, Row, read_table

_TITLE = 40
"""characters of a 职务"""

COLUMNS = (
    Column("name", "姓名", ("责任人", "责任人姓名", "人员姓名", "姓名(必填)", "联系人", "网格员姓名"), required=True),
    Column(
        "phone",
        "手机",
        (
            *("电话", "联系电话", "手机号", "手机号码", "联系方式", "电话号码", "移动电话", "责任人电话", "责任人手机"),
            *("联系手机", "联系人电话", "手机电话"),
        ),
        required=True,
    ),
    Column(
        "posts",
        "岗位",
        ("岗位名称", "职责", "责任岗位", "担任岗位", "责任类型", "岗位代码", "身份", "角色"),
        required=True,
    ),
    Column("title", "职务", ("行政职务", "现任职务", "职务名称")),
    Column("code", "行政区划代码", ("区划代码", "代码", "行政村代码", "村代码", "区域代码", "网格代码", "网格编码")),
    Column(
        "township",
        "乡镇",
        ("乡镇街道", "乡镇/街道", "所属乡镇", "镇街", "镇乡", "街道", "镇", "乡", "乡镇名称", "镇乡街道"),
    ),
    Column(
        "village",
        "村",
        ("行政村", "村社区", "村/社区", "社区", "村居", "所属村", "所在村", "村名", "村名称", "行政村名称"),
    ),
    Column("grid", "网格", ("网格名称", "所属网格", "网格编号", "所在网格", "网格名")),
    Column("department", "部门", ("所属部门", "单位", "工作单位", "部门名称", "主管部门", "所在单位")),
    Column(
        "deputy",
        "代理人手机",
        ("代理人电话", "代理人手机号", "代理人联系电话", "AB岗手机", "B岗手机", "B岗电话", "顶岗人手机", "顶岗人电话"),
    ),
    Column("language", "语言偏好", ("语言", "使用语言", "语言习惯")),
)

_NAME = re.compile(r"[^\W\d_]+(?:[·.][^\W\d_]+)*")
_DOTS = re.compile(r"[•・．‧∙●.]")
_VACANT = frozenset({"空缺", "暂缺", "待定", "暂无", "无", "缺", "/", "-", "—", "待补充"})
_LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ("中文", "汉语", "普通话", "国语", "方言", "文字", "语音", "仅电话", "电话", "zh", "chinese"), "zh"
        ),
        **dict.fromkeys(("英文", "英语", "en", "english"), "en"),
    }
)
"""the two languages the bot speaks. 文字, 语音 and 仅电话 of form F1 are ways to be reached, in Chinese"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One person as the file has him, all his lines together."""

    line: int
    """his first line"""
    name: str
    phone: str
    posts: tuple[Post, ...]
    titles: tuple[str, ...] = ()
    deputy_phone: str = ""
    language: str = ""
    addresses: tuple[tuple[str, str], ...] = ()
    """channel and address, of each channel that the file has a column for"""

    @property
    def title(self) -> str:
        return "、".join(self.titles)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says. With problems the entries are what could be read, for further checks only."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    columns: frozenset[str] = frozenset()
    unused: tuple[str, ...] = ()
    """titles of columns that were not read"""
    vacant: tuple[tuple[int, str], ...] = ()
    """lines that say a post is vacant: (line, the post as written)"""


def read_roster(lines: Sequence[Line], tree: PlaceTree, county: PlaceCode, further: Sequence[Column] = ()) -> Reading:
    """Every line read and judged. Problems come in the order of the lines, all of them. `further` are the county's own
    columns: addresses for other channels."""
    table, problems = read_table(lines, (*COLUMNS, *further))
    if problems:
        return Reading(problems=problems)
    found: list[Entry] = []
    wrong: list[Problem] = []
    vacant: list[tuple[int, str]] = []
    for row in table.rows:
        if _is_vacant(row):
            vacant.append((row.line, row["posts"]))
            continue
        cells = Cells(row)
        entry = _entry(cells, tree, county, [column for column in further if column.name in table.columns])
        wrong += cells.problems
        if entry is not None:
            found.append(entry)
    if not table.rows:
        wrong.append(Problem(lines[0].number, "table.no_rows"))
    merged, conflicts = _merged(found)
    every = sorted([*wrong, *conflicts], key=lambda problem: problem.line)
    return Reading(merged, tuple(every), table.columns, table.unused, tuple(vacant))


def _is_vacant(row: Row) -> bool:
    """A post without a holder: told as a gap, not as a mistake."""
    return _packed(row["name"]) in _VACANT and (not row["phone"] or _packed(row["phone"]) in _VACANT)


def _entry(cells: Cells, tree: PlaceTree, county: PlaceCode, further: Sequence[Column]) -> Entry | None:
    """The person of one line. A line that is wrong still says whose number it is, for "one number, two names"."""
    row = cells.row
    name = cells.read(read_name, row["name"])
    phone = cells.read(read_phone, row["phone"])
    deputy = cells.read(_read_deputy, row["deputy"]) if row["deputy"] else ""
    language = cells.read(read_language, row["language"]) if row["language"] else ""
    posts = _posts(cells, tree, county)
    addresses = addresses_in(cells, further)
    if deputy and deputy == phone:
        cells.complain(CellError("roster.problem.deputy_self"))
    if not name or not phone:
        return None
    title = " ".join(row["title"].split())[:_TITLE]
    return Entry(row.line, name, phone, posts, (title,) if title else (), deputy or "", language or "", addresses)


def read_name(text: str) -> str:
    """2 to 10 letters; blanks inside are alignment (张　三). Raises CellError."""
    name = _DOTS.sub("·", _packed(text))
    if not name:
        raise CellError("roster.problem.name_missing")
    if not 2 <= len(name) <= 10 or not _NAME.fullmatch(name):
        raise CellError("roster.problem.name", written=text)
    return name


def read_phone(text: str) -> str:
    """Eleven digits from 13 to 19. Raises CellError."""
    if not text.strip():
        raise CellError("roster.problem.phone_missing")
    if is_rounded(text):
        raise CellError("roster.problem.phone_rounded", written=text)
    phone = read_mobile(text)
    if phone is None:
        raise CellError("roster.problem.phone", written=text)
    return phone


def _read_deputy(text: str) -> str:
    phone = read_mobile(text)
    if phone is None:
        raise CellError("roster.problem.deputy_phone", written=text)
    return phone


def read_language(text: str) -> str:
    language = _LANGUAGES.get(_packed(text).lower())
    if language is None:
        raise CellError("roster.problem.language", written=text)
    return language


def _packed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


# -- posts ------------------------------------------------------------------------------------------------------


def _posts(cells: Cells, tree: PlaceTree, county: PlaceCode) -> tuple[Post, ...]:
    row = cells.row
    written = split_posts(row["posts"])
    if not written:
        cells.complain(CellError("roster.problem.post_missing"))
    try:
        place = _place_of(row, written, tree, county)
    except CellError as error:
        cells.complain(error)
        place = None
    found = (cells.read(_post_reader(row, place, tree), post) for post in written)
    return tuple(dict.fromkeys(post for post in found if post is not None))


def _place_of(row: Row, written: Sequence[str], tree: PlaceTree, county: PlaceCode) -> Place:
    named = Named(row["code"], row["township"], row["village"], row["grid"])
    if named.empty and written and all(role_named(post, Level.COUNTY) in COUNTY_ROLES for post in written):
        named = Named(code=county)
    return find_place(named, tree, county)


def _post_reader(row: Row, place: Place | None, tree: PlaceTree) -> Callable[[str], Post | None]:
    """Reads one post of a line whose place is known; None where the place could not be read."""

    def read(written: str) -> Post | None:
        levels = [place.level] if place is not None else list(Level)
        roles = {role for level in levels if (role := role_named(written, level)) is not None}
        if not roles:
            raise CellError("roster.problem.post_unknown", post=written)
        if place is None:
            return None
        role = roles.pop()
        seat = seat_of(role, place, tree)
        if seat is None:
            raise CellError("roster.problem.post_place", post=written, place=tree.path(place.code))
        department = department_named(row["department"]) if role in WITH_DEPARTMENT else ""
        if role is Role.DEPARTMENT and not department:
            raise CellError("roster.problem.department_missing", post=written)
        return Post(role, seat, department)

    return read


# -- one number, one person -------------------------------------------------------------------------------------


def _merged(entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], list[Problem]]:
    """All lines of one number joined. Two names under one number must be resolved by people: the number of a couple,
    or a slip; nobody can be asked by the same number as somebody else."""
    people: dict[str, Entry] = {}
    problems: list[Problem] = []
    for entry in entries:
        first = people.get(entry.phone)
        if first is None:
            people[entry.phone] = entry
        elif first.name != entry.name:
            problems.append(_conflict(entry, first, "roster.problem.same_phone", name=entry.name, other=first.name))
        elif first.deputy_phone and entry.deputy_phone and first.deputy_phone != entry.deputy_phone:
            problems.append(_conflict(entry, first, "roster.problem.two_deputies", name=entry.name))
        elif first.language and entry.language and first.language != entry.language:
            problems.append(_conflict(entry, first, "roster.problem.two_languages", name=entry.name))
        else:
            both = (first.addresses, entry.addresses)
            people[entry.phone] = replace(
                first,
                posts=tuple(dict.fromkeys((*first.posts, *entry.posts))),
                titles=tuple(dict.fromkeys((*first.titles, *entry.titles))),
                deputy_phone=first.deputy_phone or entry.deputy_phone,
                language=first.language or entry.language,
                addresses=tuple((name, had or more) for (name, had), (_, more) in zip(*both, strict=True)),
            )
    return tuple(people.values()), problems


def _conflict(entry: Entry, first: Entry, key: str, **facts: object) -> Problem:
    return Problem(entry.line, key, {**facts, "tail": last_four(entry.phone), "first_line": first.line})
