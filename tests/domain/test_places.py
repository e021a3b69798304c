"""Codes, the tree and names. The county is invented; its codes have the shape of real ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.places import (
    Level,
    Place,
    PlaceCode,
    PlaceCodeError,
    PlaceTree,
    PlaceTreeError,
    ancestors,
    is_within,
    level_of,
    normalise_code,
    short_name,
    split_codes,
)

COUNTY = PlaceCode("339921")


def place(code: str, name: str, parent: str | None, lat: float | None = None, lon: float | None = None) -> Place:
    return Place(
        PlaceCode(code), name, level_of(PlaceCode(code)), None if parent is None else PlaceCode(parent), lat, lon
    )


@pytest.fixture
def tree() -> PlaceTree:
    return PlaceTree(
        [
            place("33992110020002", "村口山塘", "339921100200"),
            place("339921", "青岚县", None),
            place("339921001", "溪口街道", "339921"),
            place("339921100", "石梁镇", "339921"),
            place("339921210", "云坑乡", "339921"),
            place("339921001001", "城东社区", "339921001"),
            place("339921100200", "石梁村", "339921100"),
            place("339921100201", "上坞村村民委员会", "339921100"),
            place("339921210201", "上坞村", "339921210"),
        ]
    )


codes = st.one_of(
    st.from_regex(r"(1[1-9]|[2-7][0-9]|8[0-2])", fullmatch=True),
    st.from_regex(r"(1[1-9]|[2-7][0-9]|8[0-2])[0-9]{2}", fullmatch=True),
    st.from_regex(r"(1[1-9]|[2-7][0-9]|8[0-2])[0-9]{4}", fullmatch=True),
    st.from_regex(r"(1[1-9]|[2-7][0-9]|8[0-2])[0-9]{7}", fullmatch=True),
    st.from_regex(r"(1[1-9]|[2-7][0-9]|8[0-2])[0-9]{10}", fullmatch=True),
    st.from_regex(r"(1[1-9]|[2-7][0-9]|8[0-2])[0-9]{7}(00[1-9]|[1-9][0-9]{2})[0-9]{2}", fullmatch=True),
).map(normalise_code)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("331124", "331124"),
        ("331124000000", "331124"),
        ("33112400000000", "331124"),
        ("331124101", "331124101"),
        ("331124101000", "331124101"),
        ("33112410000000", "331124100"),
        ("331124101201", "331124101201"),
        ("33112410120100", "331124101201"),
        ("331124101201000", "331124101201"),
        ("33112410120107", "33112410120107"),
        ("331124101201-7", "33112410120107"),
        ("331124101201-07", "33112410120107"),
        ("331124101201007", "33112410120107"),
        ("331124101201-112", "331124101201112"),
        ("331124101201112", "331124101201112"),
        ("331100", "3311"),
        ("331100000000", "3311"),
        ("330000", "33"),
    ],
)
def test_a_code_is_brought_to_its_one_form(written: str, canonical: str) -> None:
    assert normalise_code(written) == canonical


@pytest.mark.parametrize("code", ["331124210", "331124100", "331124101200", "331124110220", "331120"])
def test_zeros_that_belong_to_a_code_stay(code: str) -> None:
    assert normalise_code(code) == code
    assert normalise_code(code.ljust(14, "0") if len(code) > 6 else code) == code


@pytest.mark.parametrize(
    "written", [" ３３１１２４１０１ ", "331124 101", "331124101\u200b", "３３１１２４\u3000１０１\n"]
)
def test_blanks_and_full_width_digits_are_taken_as_meant(written: str) -> None:
    assert normalise_code(written) == "331124101"


@pytest.mark.parametrize(
    "written",
    [
        *("", "松阳县", "33112", "3311241", "33112410", "3311241012", "33112410120", "3311241012011"),
        *("3311241012011123", "331124-7", "331124101201-0", "331124101201-1234", "006109", "990000"),
        *("33112410000007", "CAZ073", "331124101.0", "-331124", "٣٣١١٢٤"),
    ],
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(PlaceCodeError) as caught:
        normalise_code(written)
    assert caught.value.key == "places.bad_code"


@pytest.mark.parametrize(
    "written",
    ["331124,331125", "331124，331125", "331124；331125", "331124;331125", " 331124、 331125 ", "331124 \n331125"],
)
def test_a_list_of_codes_is_split_at_whatever_people_write_between(written: str) -> None:
    assert split_codes(written) == ("331124", "331125")


def test_an_empty_list_has_no_codes() -> None:
    assert split_codes(" ，、 ") == ()


@settings(deadline=None)
@given(codes)
def test_normalising_twice_is_normalising_once(code: PlaceCode) -> None:
    assert normalise_code(code) == code


@settings(deadline=None)
@given(codes)
def test_every_ancestor_is_canonical_shorter_and_contains_the_place(code: PlaceCode) -> None:
    above = ancestors(code)
    assert [normalise_code(a) for a in above] == list(above)
    assert [len(a) for a in above] == sorted({len(a) for a in above}, reverse=True)
    assert all(len(a) < len(code) and is_within(code, a) and not is_within(a, code) for a in above)


@settings(deadline=None)
@given(codes, codes)
def test_within_means_itself_or_an_ancestor(code: PlaceCode, other: PlaceCode) -> None:
    assert is_within(code, other) == (code == other or other in ancestors(code))


@settings(deadline=None)
@given(codes)
def test_padding_a_code_changes_nothing(code: PlaceCode) -> None:
    if len(code) >= 6 and level_of(code) is not Level.GRID:
        assert [normalise_code(code.ljust(n, "0")) for n in (12, 14)] == [code, code]


@settings(deadline=None)
@given(st.text(max_size=20))
def test_any_text_is_a_code_or_refused_and_never_something_else(text: str) -> None:
    try:
        code = normalise_code(text)
    except PlaceCodeError:
        return
    assert normalise_code(code) == code


def test_levels_and_ancestors() -> None:
    grid = PlaceCode("33112410120107")
    assert level_of(grid) is Level.GRID
    assert ancestors(grid) == ("331124101201", "331124101", "331124", "3311", "33")
    assert [level_of(a).value for a in ancestors(grid)] == ["village", "township", "county", "city", "province"]


def test_a_grid_with_a_long_number_lies_in_its_village_and_in_no_other_grid() -> None:
    assert is_within(PlaceCode("331124101201112"), PlaceCode("331124101201"))
    assert not is_within(PlaceCode("331124101201112"), PlaceCode("33112410120111"))


@pytest.mark.parametrize("ancestor", ["", "3", "33112", "3311241"])
def test_nothing_lies_in_a_piece_of_a_code(ancestor: str) -> None:
    assert not is_within(PlaceCode("331124101"), PlaceCode(ancestor))


def test_a_made_up_code_has_no_level() -> None:
    with pytest.raises(PlaceCodeError):
        level_of(PlaceCode("3311241"))


def test_the_tree_knows_its_places_from_the_top_down(tree: PlaceTree) -> None:
    assert len(tree) == 9
    assert [p.code for p in tree][:2] == ["339921", "339921001"]
    assert [p.name for p in tree.roots] == ["青岚县"]
    assert PlaceCode("339921100") in tree
    assert tree.get(PlaceCode("339921999")) is None


def test_children_and_everything_below(tree: PlaceTree) -> None:
    assert [p.name for p in tree.children(COUNTY)] == ["溪口街道", "石梁镇", "云坑乡"]
    below = [p.code for p in tree.descendants(PlaceCode("339921100"))]
    assert below == ["339921100200", "339921100201", "33992110020002"]
    assert tree.descendants(PlaceCode("339921999")) == ()


def test_villages_and_townships_of_a_place(tree: PlaceTree) -> None:
    assert [p.code for p in tree.villages_within(COUNTY)] == [
        "339921001001",
        "339921100200",
        "339921100201",
        "339921210201",
    ]
    assert [p.name for p in tree.townships_within(COUNTY)] == ["溪口街道", "石梁镇", "云坑乡"]
    assert [p.code for p in tree.villages_within(PlaceCode("339921100200"))] == ["339921100200"]


def test_the_village_and_township_of_a_site(tree: PlaceTree) -> None:
    pond = PlaceCode("33992110020002")
    village, township = tree.village_of(pond), tree.township_of(pond)
    assert village is not None
    assert township is not None
    assert (village.name, township.name) == ("石梁村", "石梁镇")
    assert tree.village_of(COUNTY) is None


def test_the_path_leaves_the_county_out(tree: PlaceTree) -> None:
    assert tree.path(PlaceCode("339921001001")) == "溪口街道·城东社区"
    assert tree.path(COUNTY) == "青岚县"
    assert tree.path(PlaceCode("330102")) == "330102"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("石梁镇", ["339921100"]),
        ("石梁", ["339921100", "339921100200"]),
        ("石梁村", ["339921100200"]),
        ("石梁乡", ["339921100"]),
        ("石梁村委会", ["339921100200"]),
        ("上坞村", ["339921100201", "339921210201"]),
        ("上坞", ["339921100201", "339921210201"]),
        ("青岚", ["339921"]),
        ("青岚县", ["339921"]),
        ("没有镇", []),
        ("", []),
    ],
)
def test_names_are_found_with_and_without_their_kind(tree: PlaceTree, name: str, found: list[str]) -> None:
    assert [p.code for p in tree.find_by_name(name, COUNTY)] == found


def test_names_are_looked_for_inside_the_given_place_only(tree: PlaceTree) -> None:
    assert [p.code for p in tree.find_by_name("上坞", PlaceCode("339921100"))] == ["339921100201"]
    assert tree.find_by_name("上坞", PlaceCode("339922")) == ()


def test_a_name_keeps_at_least_two_characters() -> None:
    assert short_name("新村", Level.VILLAGE) == "新村"
    assert short_name("新兴镇", Level.TOWNSHIP) == "新兴"
    assert short_name("一村村委会", Level.VILLAGE) == "一村"
    assert short_name("城东社区居民委员会", Level.VILLAGE) == "城东"


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ([place("339921", "甲", None), place("339921", "乙", None)], "twice"),
        ([place("339921100", "甲", "339921")], "no_parent"),
        (
            [place("339921", "甲", None), place("339922", "乙", None), place("339922100", "丙", "339921")],
            "wrong_parent",
        ),
        ([Place(PlaceCode("339921"), "甲", Level.VILLAGE)], "wrong_level"),
    ],
)
def test_places_that_contradict_each_other_make_no_tree(wrong: list[Place], problem: str) -> None:
    with pytest.raises(PlaceTreeError) as caught:
        PlaceTree(wrong)
    assert caught.value.facts["problem"] == problem


def test_a_position_has_both_numbers_or_is_none() -> None:
    assert place("339921", "甲", None, 28.4, 119.4).position == (28.4, 119.4)
    assert place("339921", "甲", None, 28.4, None).position is None
