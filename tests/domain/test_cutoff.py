"""When silence is a cut-off area: whole villages, several at once, after some steps; never because nobody was told."""

from hypothesis import given
from hypothesis import strategies as st

from domain.cutoff import Asked, suspected
from domain.places import PlaceCode

TOWNSHIP, OTHER = PlaceCode("331124001"), PlaceCode("331124002")


def village(number: int, township: PlaceCode = TOWNSHIP) -> PlaceCode:
    return PlaceCode(f"{township}{number:03d}")


def one(number: int, *, answered: bool = False, told: bool = True, steps: int = 2) -> Asked:
    return Asked(village(number), TOWNSHIP, answered, told, steps)


def found(*asked: Asked) -> dict[PlaceCode, int]:
    return {place: len(where) for place, where in suspected(asked, villages=3, share=1 / 3, steps=2).items()}


def test_three_whole_villages_are_asked_about_and_one_answer_takes_its_village_out() -> None:
    many = [one(number, answered=True) for number in range(10, 30)]
    silent = [one(1), one(1), one(2), one(3)]
    assert found(*silent, *many) == {TOWNSHIP: 3}
    assert found(*silent, one(3, answered=True), *many) == {}


def test_a_third_of_a_small_township_is_enough_but_never_one_village_alone() -> None:
    assert found(one(1), one(2), *(one(n, answered=True) for n in (3, 4, 5, 6))) == {TOWNSHIP: 2}
    assert found(one(1), one(2), *(one(n, answered=True) for n in (3, 4, 5, 6, 7))) == {}
    assert found(one(1), one(2, answered=True)) == {}
    assert found(one(1)) == {}


def test_a_village_whose_ladder_has_just_begun_is_not_silent_yet() -> None:
    assert found(one(1), one(2), one(3), one(3, steps=1)) == {TOWNSHIP: 2}
    assert found(one(1, steps=1), one(2, steps=1), one(3, steps=0)) == {}


def test_where_nobody_could_be_written_to_silence_says_nothing() -> None:
    assert found(one(1, told=False), one(2, told=False), one(3, told=False)) == {}
    assert found(one(1), one(1, told=False), one(2), one(3)) == {TOWNSHIP: 3}


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.booleans(), st.integers(0, 4)), max_size=40))
def test_a_village_with_an_answer_is_never_in_it(rows: list[tuple[int, bool, bool, int]]) -> None:
    asked = [Asked(village(n), TOWNSHIP, answered, told, steps) for n, answered, told, steps in rows]
    answered = {one.village for one in asked if one.answered}
    for silent in suspected(asked, villages=3, share=1 / 3, steps=2).values():
        assert not silent & answered
        assert len(silent) >= 2
