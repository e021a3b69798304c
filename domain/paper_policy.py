"""The county's own figures about papers and pictures: all of them defaults of ours, none is law."""

from pydantic import BaseModel, ConfigDict, Field


class PaperPolicy(BaseModel):
    """Sheets, letters, maps and archives, and the pictures people send."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    tries: int = Field(default=3, ge=1, le=10)
    """a paper that fails so often is put aside, and whoever asked is told"""
    minutes: int = Field(default=20, ge=1, le=240)
    """a paper that takes longer is broken off"""
    keep_days: int = Field(default=7, ge=1)
    """a paper stays on this machine; in the chat it stays as long as the chat"""
    font: str = ""
    """a file with Chinese letters for pictures; empty: one that is known to be there. Without any, figures only"""
    photo_days: int = Field(default=730, ge=30)
    """pictures of hazards and patrols"""
    photo_edge: int = Field(default=1600, ge=320, le=4096)
    """the longer side of a stored picture, in points"""
    photo_quality: int = Field(default=80, ge=40, le=95)
    photo_megabytes: int = Field(default=20, ge=1, le=20)
    """a larger one is not fetched; the Bot API itself gives out no more than 20"""
