"""People's addresses: from columns of the roster that the county names, kept private, forgotten with the person."""

import io

from openpyxl import load_workbook

from domain.channels import roster_columns
from messages.catalogue import Catalogue
from messages.roster_template import roster_template
from services.office import end_posts
from services.roster import ImportResult, import_roster
from services.work import Work
from tests.roster.files import HEADER, lines, person
from tests.support.county import GRID, OFFICER, VILLAGE, County, Someone

WITH_ADDRESS = (*HEADER, "政务微信")


async def bring_in(county: County, *rows: tuple[str, ...], header: tuple[str, ...] = WITH_ADDRESS) -> ImportResult:
    async def service(work: Work) -> ImportResult:
        return await import_roster(work, lines(*rows, header=header))

    result: ImportResult = await county.run(service)
    return result


async def address(county: County, who: Someone) -> str:
    book = await county.bot.store.read(lambda rows: rows.channels.address_book(county.ids[who.user_id]))
    return book.get("work", "")


def grid(written: str) -> tuple[str, ...]:
    return (*person(GRID.name, GRID.phone, "网格员"), written)


async def test_a_column_of_the_roster_holds_the_addresses(county: County) -> None:
    result = await bring_in(county, grid(" wang.daye "))
    assert (result.problems, result.updated) == ((), (GRID.name,))
    assert await address(county, GRID) == "wang.daye"
    assert (await bring_in(county, grid("wang.daye"))).unchanged == (GRID.name,)


async def test_an_emptied_cell_takes_the_address_away_and_a_file_without_the_column_leaves_it(county: County) -> None:
    await bring_in(county, grid("wang.daye"))
    await bring_in(county, grid("")[:-1], header=HEADER)
    assert await address(county, GRID) == "wang.daye"
    await bring_in(county, grid(""))
    assert await address(county, GRID) == ""


async def test_two_lines_of_one_person_are_one_address(county: County) -> None:
    second = (*person(GRID.name, GRID.phone, "巡查员"), "")
    await bring_in(county, grid("wang.daye"), second)
    assert await address(county, GRID) == "wang.daye"


async def test_an_address_that_cannot_be_one_keeps_the_file_out(county: County) -> None:
    result = await bring_in(county, grid("a b"), (*person(OFFICER.name, OFFICER.phone, "应急管理员"), "chen"))
    assert [(one.line, one.key) for one in result.problems] == [(2, "roster.problem.address")]
    assert await address(county, OFFICER) == ""


async def test_who_leaves_is_written_to_nowhere(county: County) -> None:
    await bring_in(county, grid("wang.daye"))

    async def leave(work: Work) -> None:
        someone = await work.rows.people.get(county.ids[GRID.user_id])
        assert someone is not None
        await end_posts(work, someone, {VILLAGE}, None)

    await county.run(leave)
    assert await address(county, GRID) == ""


async def test_the_empty_roster_has_the_countys_columns_at_its_end(county: County) -> None:
    further = roster_columns(county.bot.doors.policy.channels)
    sheet = load_workbook(io.BytesIO(roster_template(Catalogue(), "zh", further))).worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    assert titles[-1] == "政务微信"
    assert sheet.cell(2, len(titles)).number_format == "@"
