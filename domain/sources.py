"""Where warnings come from: the sources of a county, as its settings name them. Figures are defaults of ours, not law.

A source is trusted for what it is: an address of its own, over HTTPS, and the issuers that are registered for it. What
anybody else says through it is held for a person.
"""

import re
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

FOLDER = "folder"
"""the watched folder, which is always there"""


class SourceKind(StrEnum):
    """Which reader understands what the source delivers."""

    CAP = "cap"
    """one CAP document, also inside EDXL, at an address"""
    CAP_INDEX = "cap_index"
    """an Atom or RSS list of links to CAP documents, or with them inside"""
    NATIONAL = "national"
    """XML of the national platform (12379), which is not OASIS CAP"""
    NMC = "nmc"
    WEATHER_CN = "weathercn"
    CMA = "cma"
    QWEATHER = "qweather"
    CAIYUN = "caiyun"
    HOOK = "hook"
    """calls us, signed: CAP, the national XML or our own small JSON"""


Host = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]


class Source(BaseModel):
    """One source. `name` stands in the evidence of every warning and never changes its meaning."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{1,30}$")
    kind: SourceKind
    url: str = ""
    hosts: tuple[Host, ...] = ()
    """further hosts that its links and redirects may lead to; its own is always allowed"""
    every_seconds: int = Field(default=60, ge=15, le=86_400)
    silent_minutes: int = Field(default=30, ge=2, le=10_080)
    """so long without a good answer (or, for a hook, without a call) and the county's desk is told, once"""
    issuers: tuple[str, ...] = ()
    """senders or issuing offices whose notices go out by themselves; empty: all that this source passes on"""
    exercises: bool = False
    """whether notices marked as an exercise may go out, as 【演练】"""
    life_hours: int | None = Field(default=None, ge=1, le=168)
    """life of a notice without an end; None: the county's figure"""
    headers: dict[str, str] = Field(default_factory=dict)
    """as some services ask for a Referer"""
    secret_file: Path | None = None
    """key of the service (put for {key} in the address or a header) or the secret of a hook"""
    ca_file: Path | None = None
    """certificates for a service whose chain is not complete"""

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "Source":
        if self.name == FOLDER:
            raise ValueError("the name folder is taken")
        if self.kind is SourceKind.HOOK:
            if self.url or self.secret_file is None:
                raise ValueError("a hook has a secret_file and no url")
            return self
        parts = urlsplit(self.url)
        if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
            raise ValueError("url must be https:// and carry no user")
        if re.search(r"\{(?!key\})", self.url):
            raise ValueError("only {key} is put into an address")
        return self

    @property
    def allowed_hosts(self) -> frozenset[str]:
        own = urlsplit(self.url).hostname
        return frozenset(self.hosts) | ({own} if own else frozenset())

    @property
    def patience(self) -> timedelta:
        return timedelta(minutes=self.silent_minutes)
