"""Some hundreds of mutated samples in every run of the tests; `make fuzz` does thousands, also over a corpus."""

import pytest

from benchmarks.fuzz import SAMPLES, Seed, Tally, run, seeds, unsound
from domain.sources import SourceKind
from feeds.readers import READERS
from feeds.reading import Link, Reading, Refused


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mutated_samples_are_read_or_refused_and_nothing_else(seed: int) -> None:
    tally = run(seeds([SAMPLES]), 300, seed)
    assert tally.violations == []
    assert tally.read > 100
    assert sum(tally.refused.values()) > 100


def test_every_reader_has_its_seeds() -> None:
    assert {seed.kind for seed in seeds([SAMPLES])} >= set(READERS) - {SourceKind.CAP}


def test_the_same_seed_gives_the_same_rounds() -> None:
    def outcome() -> tuple[int, int, dict[str, int]]:
        tally: Tally = run(seeds([SAMPLES]), 60, 9)
        return tally.read, tally.notices, dict(tally.refused)

    assert outcome() == outcome()


@pytest.mark.parametrize(
    "reading",
    [
        Reading(links=(Link("https://a/1", "\x00"),)),
        Reading(links=(Link(""),)),
        Reading(links=(Link("https://a/1", hints={"title": "\ud800"}),)),
        Reading(refused=(Refused("because"),)),
        Reading(refused=(Refused("empty", "two\nlines"),)),
    ],
)
def test_a_reading_that_cannot_be_stored_or_told_is_a_violation(reading: Reading) -> None:
    assert list(unsound(reading)) != []


def test_an_exception_of_another_kind_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(body: bytes, asked: object) -> Reading:
        raise KeyError("alertid")

    monkeypatch.setattr("benchmarks.fuzz.READERS", {SourceKind.NMC: careless})
    tally = run([Seed("x", SourceKind.NMC, b"{}")], 3, 1)
    assert len(tally.violations) == 3
    assert "KeyError" in tally.violations[0]
