"""From the bytes that people hand over to numbered lines of text."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.tables import Line
from feeds.roster_files import FileError
from tests.roster.files import read, workbook

CSV = "姓名,手机,岗位\n张三,13912345678,网格员\n"
EXPECTED = (Line(1, ("姓名", "手机", "岗位")), Line(2, ("张三", "13912345678", "网格员")))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_of_this_country(encoding):
    assert read(CSV.encode(encoding)) == EXPECTED


@pytest.mark.parametrize("separator", [",", "\t", ";", "，"])
def test_whatever_separates_the_cells_is_found(separator):
    assert read(CSV.replace(",", separator).encode()) == EXPECTED


def test_a_quoted_cell_over_two_lines_does_not_shift_the_numbers():
    text = '姓名,手机,岗位\n张三,13912345678,"网格员\n预警员"\n李四,13912345679,网格员\n'
    assert [line.number for line in read(text.encode())] == [1, 2, 4]


def test_a_telephone_number_that_excel_took_for_a_number_keeps_every_digit():
    data = workbook(("姓名", "手机", "岗位"), ("张三", 13912345678, "网格员"), ("李四", 13912345679.0, "网格员"))
    assert [line.cells[1] for line in read(data)] == ["手机", "13912345678", "13912345679"]


def test_lines_are_numbered_as_the_spreadsheet_shows_them():
    data = workbook(("石梁镇责任人名册",), (), ("姓名", "手机", "岗位"), (), ("张三", "13912345678", "网格员"))
    assert [line.number for line in read(data)] == [1, 3, 5]


def test_a_township_merged_over_several_lines_stands_in_each_of_them():
    data = workbook(
        ("乡镇", "村", "姓名"),
        ("石梁镇", "上坞村", "张三"),
        (None, "岭下村", "李四"),
        (None, "", "王五"),
        merged=["A2:A4"],
    )
    assert [line.cells[0] for line in read(data)] == ["乡镇", "石梁镇", "石梁镇", "石梁镇"]


def test_a_title_merged_along_the_line_stays_in_its_cell():
    data = workbook(("石梁镇责任人名册", None, None), ("姓名", "手机", "岗位"), merged=["A1:C1"])
    assert read(data)[0].cells == ("石梁镇责任人名册",)


def test_a_sheet_of_remarks_beside_the_roster_is_passed_over():
    data = workbook(
        ("姓名", "手机", "岗位"), ("张三", "13912345678", "网格员"), 说明=[("代码", "岗位"), ("V1", "村书记")]
    )
    assert len(read(data)) == 2


def test_two_rosters_in_one_file_are_refused_by_name():
    rows = [("姓名", "手机", "岗位"), ("张三", "13912345678", "网格员")]
    with pytest.raises(FileError) as refused:
        read(workbook(*rows, title="石梁镇", 云坑乡=rows))
    assert (refused.value.key, refused.value.facts) == ("table.file.several_sheets", {"sheets": ["石梁镇", "云坑乡"]})


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "table.file.empty"),
        (b" \r\n ", "table.file.empty"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "table.file.old_excel"),
        (b"PK\x03\x04 and then nothing", "table.file.unreadable"),
        (b"\xff\xfe\x00", "table.file.encoding"),
        (b"\x81\x20\x81\x20\xff", "table.file.encoding"),
        (b"x" * 10_000_001, "table.file.too_big"),
        (b"\xe5\x90\x8d,b\n" * 50_001, "table.file.too_long"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_reason(data, key):
    with pytest.raises(FileError) as refused:
        read(data)
    assert refused.value.key == key


def test_a_zip_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(FileError) as refused:
        read(out.getvalue())
    assert refused.value.key == "table.file.unreadable"


def test_a_workbook_that_unpacks_to_a_flood_is_refused_before_it_is_read():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(21):
            archive.writestr(f"xl/{number}.xml", bytes(10_000_000))
    with pytest.raises(FileError) as refused:
        read(out.getvalue())
    assert refused.value.key == "table.file.too_big"


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused_never_anything_else(data):
    try:
        found = read(data)
    except FileError:
        return
    assert all(any(line.cells) for line in found)
    assert [line.number for line in found] == sorted({line.number for line in found})


@given(st.integers(min_value=0, max_value=5000), st.binary(min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_a_damaged_workbook_is_read_or_refused_never_anything_else(at, damage):
    whole = workbook(("姓名", "手机", "岗位"), ("张三", 13912345678, "网格员"), merged=["A2:A3"])
    broken = whole[: at % len(whole)] + damage + whole[at % len(whole) + len(damage) :]
    try:
        found = read(broken)
    except FileError:
        return
    assert all(any(line.cells) for line in found)


CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zs", "Zl", "Zp"]), min_size=1, max_size=12
)


@given(st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_what_was_written_into_a_workbook_comes_out_of_it(rows):
    out = [line.cells for line in read(workbook(*[[f"甲{cell}" for cell in row] for row in rows]))]
    assert out == [tuple(f"甲{cell}" for cell in row) for row in rows]
