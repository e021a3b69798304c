"""How people write the kind and the level of a risk point in their files and answers. Words shown are texts."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.hazards import Category
from domain.points import RiskLevel

_C = Category
CATEGORY_WORDS: Final[Mapping[Category, tuple[str, ...]]] = MappingProxyType(
    {
        _C.SMALL_PREMISES: ("九小场所", "九小", "小学校", "幼儿园", "小医院", "小商店", "小餐饮", "小旅馆"),
        _C.FARM_STAY: ("农家乐", "民宿"),
        _C.BUSINESS_HOUSE: ("经营性自建房", "自建房"),
        _C.CONSTRUCTION: ("在建工地", "建筑工地", "工地", "工棚"),
        _C.GAS: ("燃气", "燃气站", "液化气"),
        _C.LOW_SPOT: ("低洼易涝点", "低洼易涝区", "低洼易涝", "易涝点", "易涝区", "低洼积水", "低洼点", "积水点"),
        _C.UNDERGROUND: ("城市地下空间", "地下空间", "地下室", "地下车库"),
        _C.DIKE: ("江河堤防", "堤防险段", "海塘险段", "堤防", "海塘", "河堤", "险工险段", "险段"),
        _C.POND: ("山塘水库", "屋顶山塘", "高山山塘", "小型水库", "病险水库", "水库", "山塘", "山坪塘", "塘坝"),
        _C.TAILINGS: ("尾矿库",),
        _C.FLASH_FLOOD: ("山洪灾害危险区", "山洪灾害", "山洪危险区", "山洪沟", "山洪"),
        _C.GEOHAZARD: (
            *("地质灾害危险区", "地质灾害隐患点", "地质灾害风险防范区", "地质灾害点", "地质灾害", "地灾点", "地灾"),
            *("滑坡、崩塌", "滑坡", "崩塌", "泥石流", "地面塌陷", "风险防范区"),
        ),
        _C.WILDFIRE: ("森林草原火险区", "森林火险区", "森林火险", "森林防火", "火险区"),
        _C.BRIDGE: ("桥涵隧道", "桥梁", "涵洞", "隧道", "危桥"),
        _C.OLD_HOUSE: ("危旧房屋", "危旧房", "危房", "老旧房屋"),
        _C.ROAD: ("道路交通", "临水临崖", "道路", "公路", "边坡"),
        _C.FIRE: ("消防",),
        _C.CHEMICALS: ("危险化学品", "危化品", "烟花爆竹", "加油站"),
        _C.MINE: ("矿山", "非煤矿山", "采石场"),
        _C.FACTORY: ("机械制造等企业", "机械制造", "工厂企业", "企业", "工厂"),
        _C.EQUIPMENT: ("特种设备",),
        _C.OUTDOOR: ("户外施工", "户外广告", "户外施工、广告牌", "高空", "广告牌"),
        _C.SLUICE: ("水闸泵站", "水闸", "泵站", "物资仓库", "避灾场所", "避灾点"),
        _C.OTHER: ("其他", "其它"),
    }
)
"""the first is the name in our template; those of provincial registers and of 004 are among them"""

_BY_WORD: Final[Mapping[str, Category]] = MappingProxyType(
    {word: category for category, words in CATEGORY_WORDS.items() for word in words}
)
_CODE = re.compile(r"[Hh]?0?(\d{1,2})")
_LEVEL_WORDS: Final[tuple[tuple[RiskLevel, tuple[str, ...]], ...]] = (
    (RiskLevel.MAJOR, ("重大", "红", "高风险", "major", "red")),
    (RiskLevel.LARGER, ("较大", "橙", "较高", "larger", "orange")),
    (RiskLevel.GENERAL, ("一般", "黄", "中", "general", "yellow")),
    (RiskLevel.LOW, ("低", "蓝", "low", "blue")),
)


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def category_named(text: str) -> Category | None:
    """H09, h9, 山塘, "H09 山塘水库", "地质灾害点(滑坡)". None where nothing, or more than one kind, is meant."""
    bare = _bare(text)
    code = re.match(r"[Hh]\d{1,2}", bare)
    if code:
        found = _CODE.fullmatch(code.group(0))
        wanted = f"H{int(found[1]):02d}" if found else ""
        return Category(wanted) if wanted in set(Category) else None
    plain = re.sub(r"[(\[].*?[)\]]", "", bare) or bare
    for name in (bare, plain):
        if name in _BY_WORD:
            return _BY_WORD[name]
    inside = {category for word, category in _BY_WORD.items() if word in plain and category is not Category.OTHER}
    return inside.pop() if len(inside) == 1 else None


def level_named(text: str) -> RiskLevel | None:
    """红, 红色, 重大, 重大风险(红), major. None where it says nothing or contradicts itself: 重大(黄)."""
    bare = _bare(text).lower()
    found = {level for level, words in _LEVEL_WORDS if any(word in bare for word in words)}
    if bare in {"较高", "较高风险"}:
        return RiskLevel.LARGER
    return found.pop() if len(found) == 1 else None
