"""What a line of a roster means, and what is said when it means nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.people import Post, Role
from domain.phones import is_rounded, read_mobile
from domain.places import Level, PlaceCode
from domain.posts import department_named, role_named, split_posts
from domain.roster import Reading, read_roster
from messages import markup
from messages.catalogue import Catalogue
from tests.roster.files import COUNTY, HEADER, TREE, lines, person

VILLAGE = PlaceCode("331124001001")
NEIGHBOUR = PlaceCode("331124001002")
TOWNSHIP = PlaceCode("331124001")
GRID = PlaceCode("33112400100101")


def reading(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> Reading:
    return read_roster(lines(*rows, header=header), TREE, COUNTY)


def said(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> list[str]:
    """The problems as the one who filled in the file reads them."""
    words = Catalogue()
    found = reading(*rows, header=header).problems
    return [f"第 {one.line} 行：{markup.plain(words.text(one.key, **one.facts))}" for one in found]


# -- what is understood -------------------------------------------------------------------------------------------


def test_several_lines_and_posts_of_one_number_are_one_person():
    found = reading(
        person("陈应急", "13900000001", "应急管理员、预警员", 职务="村委委员"),
        person("陈应急", "139 0000 0001", "V9", 职务="村会计"),
        person("陈应急", "13900000001", "预警员"),
    )
    (one,) = found.entries
    assert found.problems == ()
    assert [post.role for post in one.posts] == [Role.EMERGENCY_OFFICER, Role.WARNER, Role.REPORTER]
    assert (one.title, one.line) == ("村委委员、村会计", 2)


@pytest.mark.parametrize(
    ("written", "level", "role"),
    [
        ("V2", None, "V2"),
        ("v10", None, "V10"),
        ("V2应急管理员", None, "V2"),
        ("应急管理员", None, "V2"),
        ("村(社区)党组织书记", None, "V1"),
        ("书记", Level.VILLAGE, "V1"),
        ("书记", Level.TOWNSHIP, "T1"),
        ("值班员", Level.COUNTY, "C1"),
        ("值班员", Level.TOWNSHIP, "T4"),
        ("驻村干部", None, "T5"),
        ("山塘巡查员", None, "V4"),
        ("灾害信息员", None, "V9"),
        ("避灾安置点管理员", None, "V8"),
        ("书记", None, None),
        ("V1网格员", None, None),
        ("V11", None, None),
        ("P", None, None),
        ("群众", None, None),
    ],
)
def test_posts_are_known_by_code_by_name_and_by_what_people_call_them(written, level, role):
    (piece,) = split_posts(written)
    found = role_named(piece, level)
    assert (None if found is None else found.value) == role


def test_posts_in_one_cell_are_told_apart():
    assert split_posts("应急管理员、预警员/信息员,V4；兼职网格员\n书记兼转移责任人") == (
        "应急管理员",
        "预警员",
        "信息员",
        "V4",
        "兼职网格员",
        "书记",
        "转移责任人",
    )


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ({"村": "上坞"}, VILLAGE),
        ({"乡镇": "青岚县石梁镇", "村": "上坞村"}, VILLAGE),
        ({"乡镇": "石梁", "村": "石梁镇上坞村"}, VILLAGE),
        ({"乡镇": "", "村": "岭下村"}, NEIGHBOUR),
        ({"网格": "1"}, GRID),
        ({"网格": "第1网格"}, GRID),
        ({"网格": "后山网格"}, PlaceCode("33112400100102")),
    ],
)
def test_places_are_found_by_the_names_people_use(cells, place):
    found = reading(person("王大爷", "13900000002", "网格员", **cells))
    assert found.problems == ()
    assert found.entries[0].posts == (Post(Role.GRID_MEMBER, place),)


@pytest.mark.parametrize(
    "code", ["331124001001", "331124001001.0", "3.31124001001E+11", "３３１１２４００１００１", "33112400100100"]
)
def test_a_division_code_is_enough_however_the_spreadsheet_shows_it(code):
    header = ("姓名", "手机", "岗位", "行政区划代码")
    found = reading(("王大爷", "13900000002", "网格员", code), header=header)
    assert found.problems == ()
    assert found.entries[0].posts == (Post(Role.GRID_MEMBER, VILLAGE),)


def test_each_post_of_a_line_sits_at_its_own_level():
    found = reading(person("李书记", "13900000003", "V1、网格员、包村干部、应急站", 网格="第1网格"))
    assert found.entries[0].posts == (
        Post(Role.VILLAGE_HEAD, VILLAGE),
        Post(Role.GRID_MEMBER, GRID),
        Post(Role.CONTACT_CADRE, VILLAGE),
        Post(Role.STATION, TOWNSHIP),
    )


def test_posts_of_the_county_need_no_place_and_departments_lose_their_ornaments():
    found = reading(
        ("周值班", "13900000004", "县防指值班员", "", "", "", "", "", ""),
        ("水利员", "13900000005", "部门负责人", "", "", "", "", "青岚县水利局", ""),
    )
    assert [entry.posts for entry in found.entries] == [
        (Post(Role.COUNTY_DUTY, COUNTY),),
        (Post(Role.DEPARTMENT, COUNTY, "水利"),),
    ]


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("水利", "水利"),
        ("县水利局", "水利"),
        ("青岚县自然资源和规划局", "自然资源"),
        ("市场监督管理局", "市监"),
        ("县应急管理局", "应急"),
        ("消防救援大队", "消防"),
        ("气象局", "气象"),
        ("综合行政执法局", "综合执法"),
    ],
)
def test_departments_are_compared_by_short_names(written, short):
    assert department_named(written) == short


def test_a_vacant_post_is_a_gap_and_no_mistake():
    found = reading(person("空缺", "", "应急管理员"), person("暂缺", "/", "V1"))
    assert (found.problems, found.vacant) == ((), ((2, "应急管理员"), (3, "V1")))


def test_titles_remarks_blank_lines_and_repeated_headers_are_passed_over():
    rows = (
        ("石梁镇2024年防汛责任人名册",),
        ("填报单位：石梁镇", "", "2024年4月"),
        ("序号", "姓　名*", "联系电话（11位）", "岗位名称"),
        ("1", "张　三", "139-0000-0006", "镇长"),
        ("", "", "", ""),
        ("一、村级责任人", "", "", ""),
        ("序号", "姓　名*", "联系电话（11位）", "岗位名称"),
        ("2", "李四", "13900000007", "应急站站长"),
    )
    header, *rest = rows
    found = read_roster(lines(*rest, header=header), TREE, COUNTY)
    assert [entry.name for entry in found.entries] == ["张三", "李四"]
    assert found.unused == ("序号",)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13912345678", "13912345678"),
        (" １３９ １２３４ ５６７８ ", "13912345678"),
        ("+86 139-1234-5678", "13912345678"),
        ("0086139 1234 5678", "13912345678"),
        ("'13912345678", "13912345678"),
        ("1.3912345678E10", "13912345678"),
        ("13912345678.0", "13912345678"),
        ("1.39E+10", None),
        ("12912345678", None),
        ("1391234567", None),
        ("139123456789", None),
        ("13912345678/13812345678", None),
        ("0578-8061234", None),
        ("", None),
    ],
)
def test_numbers_are_read_as_people_and_spreadsheets_write_them(written, number):
    assert read_mobile(written) == number


def test_a_number_that_lost_its_digits_is_known_as_such():
    assert is_rounded("1.39E+10")
    assert not is_rounded("1.3912345678E+10")


# -- what is said when a line is wrong -----------------------------------------------------------------------------


def test_every_mistake_of_every_line_is_told_in_plain_words():
    assert said(
        person("", "13900000001", "网格员"),
        person("张", "13900000002", "网格员"),
        person("张三2号", "13900000003", "网格员"),
        person("张三", "", "网格员"),
        person("张三", "1390000000", "网格员"),
        person("张三", "1.39E+10", "网格员"),
        person("张三", "13900000004", ""),
        person("张三", "13900000005", "村霸"),
        person("张三", "13900000006", "网格员", village=""),
        person("张三", "13900000007", "网格员", village="桃花源"),
        person("张三", "13900000008", "网格员", 乡镇="", 村="上坞村"),
        person("张三", "13900000009", "网格员", 乡镇="", 村="", 网格=""),
        person("张三", "13900000010", "县防指值班"),
        person("张三", "13900000011", "部门负责人", 乡镇="青岚县", village=""),
        person("张三", "13900000012", "网格员", 网格="99"),
        person("张三", "13900000013", "网格员", 乡镇="石梁镇", village="", 网格="1"),
        person("张三", "13900000014", "网格员", 代理人手机="123"),
        person("张三", "13900000015", "网格员", 代理人手机="13900000015"),
    ) == [
        "第 2 行：没有写姓名。",
        "第 3 行：姓名“张”不对，应为 2 到 10 个字，不带数字和符号。",
        "第 4 行：姓名“张三2号”不对，应为 2 到 10 个字，不带数字和符号。",
        "第 5 行：没有写手机号。",
        "第 6 行：手机号“1390000000”不对，应为 1 开头的 11 位数字，一格只写一个。",
        "第 7 行：手机号变成了“1.39E+10”，后面的数字已经丢了。请把这一列设成“文本”，重新填写。",
        "第 8 行：没有写岗位。",
        "第 9 行：不认识岗位“村霸”。请写岗位代码（如 V2）或名称（如 应急管理员）。",
        "第 10 行：“网格员”不能设在石梁镇，请核对岗位，并写明是哪个乡镇、哪个村。",
        "第 11 行：石梁镇没有“桃花源”，请核对名称。",
        "第 12 行：“上坞村”不止一个：石梁镇·上坞村、云坑乡·上坞村。请写上乡镇，或写行政区划代码。",
        "第 13 行：没有写是哪个乡镇、哪个村。",
        "第 14 行：“县防指值班”不能设在石梁镇·上坞村，请核对岗位，并写明是哪个乡镇、哪个村。",
        "第 15 行：岗位是“部门负责人”，请写明是哪个部门。",
        "第 16 行：上坞村没有“99”，请核对名称。",
        "第 17 行：写了网格“1”，没有写是哪个村的。",
        "第 18 行：代理人手机“123”不对，应为 1 开头的 11 位数字。",
        "第 19 行：代理人写成了本人的号码。",
    ]


def test_a_line_with_three_mistakes_tells_all_three():
    assert said(person("张", "123", "村霸")) == [
        "第 2 行：姓名“张”不对，应为 2 到 10 个字，不带数字和符号。",
        "第 2 行：手机号“123”不对，应为 1 开头的 11 位数字，一格只写一个。",
        "第 2 行：不认识岗位“村霸”。请写岗位代码（如 V2）或名称（如 应急管理员）。",
    ]


def test_one_number_with_two_names_must_be_resolved_by_people():
    assert said(person("张三", "13900000001", "网格员"), person("李四", "13900000001", "预警员")) == [
        "第 3 行：李四和第 2 行的张三是同一个手机号（尾号 0001）。一个号码只能登记一个人，夫妻合用的请各写各的。"
    ]


def test_a_code_and_names_that_contradict_each_other_are_told():
    header = ("姓名", "手机", "岗位", "行政区划代码", "乡镇", "村")
    assert said(("张三", "13900000001", "网格员", "331124001001", "石梁镇", "岭下村"), header=header) == [
        "第 2 行：代码 331124001001 是上坞村，名称写的是岭下村，对不上。"
    ]


def test_codes_that_are_none_are_told_apart():
    header = ("姓名", "手机", "岗位", "行政区划代码")
    assert said(
        ("张三", "13900000001", "网格员", "上坞"),
        ("李四", "13900000002", "网格员", "331124009001"),
        ("王五", "13900000003", "网格员", "3.31E+11"),
        header=header,
    ) == [
        "第 2 行：代码“上坞”不对，应为 6、9 或 12 位数字，网格再加编号。",
        "第 3 行：本县区划里没有代码 331124009001。",
        "第 4 行：代码变成了“3.31E+11”，后面的数字已经丢了。请把这一列设成“文本”，重新填写。",
    ]


def test_two_deputies_or_two_languages_of_one_person_are_told():
    header = (*HEADER, "语言偏好")
    row = (*person("张三", "13900000001", "网格员", 代理人手机="13900000002"), "中文")
    other = (*person("张三", "13900000001", "预警员", 代理人手机="13900000003"), "")
    english = (*person("张三", "13900000001", "预警员"), "英文")
    klingon = (*person("李四", "13900000004", "预警员"), "方言土话")
    assert said(row, other, english, klingon, header=header) == [
        "第 3 行：张三在第 2 行已写了另一位代理人，只能写一位。",
        "第 4 行：张三在第 2 行写的是另一种语言，请写成一样。",
        "第 5 行：语言“方言土话”不对，请写中文或英文；不写就是中文。",
    ]


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (("甲", "乙"), "第 1 行：没有找到表头。表格里要有这几列：姓名、手机、岗位。"),
        (("姓名", "岗位"), "第 1 行：表头里少了“手机”这一列。"),
        (("姓名", "手机", "联系电话", "岗位"), "第 1 行：这几列意思一样，分不清用哪一列：手机、联系电话。请只留一列。"),
    ],
)
def test_a_header_that_cannot_be_used_is_told(header, text):
    assert said(("张三", "13900000001", "网格员"), header=header) == [text]


def test_a_header_without_anything_under_it_is_told():
    assert said() == ["第 1 行：表头下面没有内容。"]


CELLS = st.one_of(
    st.sampled_from(
        ["张三", "13900000001", "网格员", "V2", "石梁镇", "上坞村", "1", "", "空缺", "331124001001", "1.39E+10"]
    ),
    st.text(max_size=12),
)


@given(st.lists(st.tuples(*[CELLS] * len(HEADER)), max_size=6))
@settings(max_examples=200, deadline=None)
def test_no_line_raises_and_every_line_counts_once(rows):
    found = reading(*rows)
    assert all(2 <= problem.line <= len(rows) + 1 for problem in found.problems) or not rows
    phones = [entry.phone for entry in found.entries]
    assert len(phones) == len(set(phones))
    wrong = {problem.line for problem in found.problems}
    assert all(entry.posts for entry in found.entries if entry.line not in wrong)
