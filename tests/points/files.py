"""Small registers for the tests: what bureaus really hand over."""

from collections.abc import Sequence

from domain.tables import Line

HEADER = (
    *("编号", "风险点名称", "类别", "风险等级", "乡镇", "村", "纬度", "经度", "坐标系", "户数", "人数"),
    *("巡查责任人", "巡查责任人手机", "转移责任人", "转移责任人手机", "主管部门", "阈值", "转移路线", "避灾场所"),
)
POND = {
    "编号": "SL-001",
    "风险点名称": "岭头山塘",
    "类别": "山塘",
    "风险等级": "橙",
    "乡镇": "石梁镇",
    "村": "上坞村",
    "纬度": "28.4512",
    "经度": "119.4821",
    "坐标系": "WGS84",
    "户数": "3",
    "人数": "11",
}


def row(**cells: str) -> tuple[str, ...]:
    """One line of the register: 岭头山塘, and whatever is said otherwise."""
    return tuple((POND | cells).get(title, "") for title in HEADER)


def lines(*rows: Sequence[str], header: Sequence[str] = HEADER) -> tuple[Line, ...]:
    return tuple(Line(number, tuple(cells)) for number, cells in enumerate((header, *rows), 1))
