"""The commented examples in county.example.toml are settings that work; every field of a source is explained there."""

import re
import tomllib
from pathlib import Path

from domain.policy import CountyPolicy
from domain.sources import Source, SourceKind

EXAMPLE = (Path(__file__).parents[2] / "county.example.toml").read_text("utf-8")
PART = EXAMPLE[EXAMPLE.index("# [[sources]]") :]


def test_the_examples_are_sources() -> None:
    written = "\n".join(line.removeprefix("# ") for line in PART.splitlines())
    policy = CountyPolicy.model_validate(tomllib.loads(written))
    assert [source.name for source in policy.sources] == ["province", "national", "nmc", "qweather", "emergency"]


def test_every_field_and_every_kind_is_explained() -> None:
    explained = EXAMPLE[EXAMPLE.index("[[sources]] 是一个") :]
    assert [name for name in Source.model_fields if not re.search(rf"^#   {name} ", explained, re.MULTILINE)] == []
    kinds = explained[explained.index("kind ") : explained.index("url ")]
    assert [kind.value for kind in SourceKind if not re.search(rf"\b{kind.value} ", kinds)] == []
