"""Posts as rosters write them: 应急管理员、预警员 or V2,V6 become roles, and a role finds the level it sits at.

The Chinese words here are what people type, not what they are told (messages/<lang>/role.toml). A word that may mean
two posts is decided by the level of the place, or not at all.
"""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from domain.people import TOWNSHIP_ROLES, VILLAGE_ROLES, Role
from domain.places import Level, Place, PlaceCode, PlaceTree

_CODE = re.compile(r"([CTVctv]\d{1,2})(?!\d)[-:.]?(.*)")
_SPLIT = re.compile(r"兼任|兼(?!职)|[\s、,;/|+&和及暨]+")
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")


def _named() -> dict[str, Role]:
    words = {
        Role.COUNTY_DUTY: "县防指值班 县防指值班员 防指值班员 县值班员 县值班 县级值班员 县应急值班员",
        Role.COUNTY_LEADER: "县领导 县级领导 包乡县领导 包乡领导 联乡领导 包乡镇县领导 联系乡镇县领导",
        Role.DEPARTMENT: "业务部门 部门负责人 部门责任人 部门联络员 部门工作人员 行业部门 行业主管部门",
        Role.PRINCIPAL: (
            "乡镇主要负责人 党政主要负责人 乡镇党政主要负责人 第一责任人 党委书记 党工委书记 镇书记 乡书记 街道书记 "
            "镇党委书记 乡党委书记 街道党工委书记 镇长 乡长 街道办事处主任 街道办主任 街道主任"
        ),
        Role.LEADER_IN_CHARGE: (
            "乡镇分管负责人 分管负责人 分管领导 分管副镇长 分管副乡长 分管副主任 副镇长 副乡长 应急分管领导 "
            "防汛分管领导 乡镇分管领导 镇分管领导 乡分管领导 街道分管领导"
        ),
        Role.STATION: (
            "乡镇应急站 应急站 应急管理站 应消站 应急消防站 应急消防管理站 应急办 镇应急站 乡应急站 街道应急站 "
            "应急站站长 应急站长 应消站站长 应消站长 应急办主任 应急站站员 应急站工作人员 应消站工作人员 "
            "应急办工作人员 应急站干部"
        ),
        Role.DUTY: "乡镇值班 乡镇值班员 带班领导 值班领导 值班带班 镇值班员 乡值班员 街道值班员",
        Role.CONTACT_CADRE: "包村干部 驻村干部 联村干部 包村 驻村 联村 包社区干部 驻村联络员 联村领导 包村领导",
        Role.VILLAGE_HEAD: (
            "村书记 村支书 支书 村支部书记 村党支部书记 村党总支书记 村党组织书记 党支部书记 党总支书记 党组织书记 "
            "社区书记 社区党委书记 社区党支部书记 社区党组织书记 村级主要负责人 村主要负责人 社区主要负责人 "
            "村主任 村委会主任 村委主任 社区主任 居委会主任"
        ),
        Role.EMERGENCY_OFFICER: "应急管理员 应急员 村应急管理员 村级应急管理员 村应急员 社区应急管理员 社区应急员",
        Role.GRID_MEMBER: "网格员 网格长 专职网格员 兼职网格员 网格管理员 网格责任人 村网格员 社区网格员",
        Role.PATROLLER: (
            "巡查员 巡查责任人 山塘巡查员 水库巡查员 山塘水库巡查员 堤防巡查员 巡堤员 河道巡查员 森林巡查员 "
            "护林员 生态护林员 山塘水库巡查责任人"
        ),
        Role.MONITOR: (
            "群测群防员 监测员 地灾监测员 地质灾害监测员 地灾群测群防员 地质灾害群测群防员 监测责任人 水位监测员"
        ),
        Role.WARNER: "预警员 预警责任人 村预警员 村级预警员",
        Role.EVACUATOR: "转移责任人 人员转移责任人 转移负责人 人员转移负责人 避险转移责任人",
        Role.SHELTER_KEEPER: (
            "避灾场所管理员 避灾点管理员 避灾安置点管理员 避灾安置场所管理员 安置点管理员 避难场所管理员 "
            "避灾场所负责人 避灾管理员"
        ),
        Role.REPORTER: "信息报告员 灾害信息员 灾情信息员 信息员 村信息员 村信息报告员",
        Role.RESCUE_LEAD: (
            "抢险救援队长 抢险救援队队长 抢险队长 救援队长 应急队长 应急救援队长 村应急队长 抢险救援组长"
        ),
    }
    return {word: role for role, line in words.items() for word in line.split()}


_NAMED: Mapping[str, Role] = MappingProxyType(_named())
_BY_LEVEL: Mapping[str, Mapping[Level, Role]] = MappingProxyType(
    {
        "书记": {Level.TOWNSHIP: Role.PRINCIPAL, Level.VILLAGE: Role.VILLAGE_HEAD},
        "主要负责人": {Level.TOWNSHIP: Role.PRINCIPAL, Level.VILLAGE: Role.VILLAGE_HEAD},
        "主任": {Level.VILLAGE: Role.VILLAGE_HEAD},
        "值班员": {Level.COUNTY: Role.COUNTY_DUTY, Level.TOWNSHIP: Role.DUTY},
        "值班": {Level.COUNTY: Role.COUNTY_DUTY, Level.TOWNSHIP: Role.DUTY},
    }
)


def split_posts(text: str) -> tuple[str, ...]:
    """The single posts of a cell: 应急管理员、预警员/信息员, "V2,V6", 书记兼应急管理员, one post a line."""
    folded = unicodedata.normalize("NFKC", text)
    pieces = (_BRACKETS.sub("", piece).strip(" .。()") for piece in _SPLIT.split(folded))
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


def role_named(text: str, level: Level | None = None) -> Role | None:
    """The role of one post's name or code, `level` that of the person's place; None for what is not known or not
    clear. "V2应急管理员" must agree with itself."""
    if found := _CODE.fullmatch(text):
        code, rest = found.group(1).upper(), found.group(2)
        role = next((role for role in Role if role.value == code), None)
        return None if rest and role_named(rest, level) is not role else role
    at = Level.VILLAGE if level is Level.GRID else level
    here = None if at is None else _BY_LEVEL.get(text, {}).get(at)
    return here or _NAMED.get(text)


_AT_THE_VILLAGE = frozenset({Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER, Role.REPORTER, Role.RESCUE_LEAD})
"""posts of the whole village, also where the line names the grid their holder lives in"""


def seat_of(role: Role, place: Place, tree: PlaceTree) -> PlaceCode | None:
    """The place at which the role sits when a line names this place; None where it cannot sit there.

    A township's post goes up from a village to its township, a village's post never down, and nothing ever goes up
    to the county: whoever is to have the county's rights must be entered for the county.
    """
    village, township = tree.village_of(place.code), tree.township_of(place.code)
    if role is Role.COUNTY_DUTY:
        return place.code if place.level is Level.COUNTY else None
    if role in {Role.COUNTY_LEADER, Role.DEPARTMENT}:
        return place.code if place.level in {Level.COUNTY, Level.TOWNSHIP} else None
    if role is Role.CONTACT_CADRE and village is not None:
        return village.code
    if role in TOWNSHIP_ROLES:
        return None if township is None else township.code
    if role not in VILLAGE_ROLES or village is None:
        return None
    return village.code if role in _AT_THE_VILLAGE else place.code


# -- departments --------------------------------------------------------------------------------------------------

WITH_DEPARTMENT = frozenset({Role.DEPARTMENT, Role.PATROLLER, Role.MONITOR})
"""posts that may belong to a line department; the first must"""

_DEPARTMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "自然资源": ("自然资源和规划", "自然资源与规划", "国土资源", "资规", "自规"),
        "住建": ("住房和城乡建设", "住房城乡建设", "建设"),
        "水利": ("水务",),
        "应急": ("应急管理",),
        "市监": ("市场监督管理", "市场监督", "市场监管"),
        "综合执法": ("综合行政执法", "行政执法", "城管", "执法"),
        "文旅": ("文化和广电旅游体育", "文广旅体", "文化旅游", "文化和旅游"),
        "农业": ("农业农村",),
        "交通": ("交通运输",),
        "消防": ("消防救援",),
        "人防": ("人民防空",),
    }
)
_COUNTY = re.compile(r"^.{0,6}?(?:县|区|市(?!场|政|监))(?=.{2})")
"""whose department it is: 青岚县, 县, 某某区. 市场监管 and 市政 begin with 市 themselves"""
_OFFICE = re.compile(r"(?:管理)?(?:局|委员会|委|所|站|中心|大队|支队|办公室|办|部门)$")


def department_named(text: str) -> str:
    """The short name by which departments are compared: 青岚县水利局 and 水利 are the same; unknown ones keep the name
    they were given without 县 and 局."""
    bare = _BRACKETS.sub("", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))
    short = _COUNTY.sub("", bare)
    core = _OFFICE.sub("", short)
    core = core if len(core) >= 2 else short
    for name, others in _DEPARTMENTS.items():
        if core == name or core in others:
            return name
    return core
