"""A county's speech engine: a program of its own that writes down what a voice says. Without a command nothing is ever
read by a machine; `[listener]` in county.toml. Defaults of ours, not law.
"""

from pydantic import BaseModel, ConfigDict, Field, model_validator

FILE, WAV = "{file}", "{wav}"
"""put in the command: the voice as it was sent (OGG/OPUS), or made into WAV, 16 kHz, one channel"""


class ListenerPolicy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    command: tuple[str, ...] = ()
    """the program and its arguments, one of them with {file} or {wav}; it prints what it heard, in UTF-8"""
    seconds: int = Field(default=90, ge=5, le=600)
    """it may take so long for one voice"""
    longest_voice: int = Field(default=120, ge=5, le=600)
    """seconds; a longer voice is left to people"""
    stale_minutes: int = Field(default=30, ge=1, le=24 * 60)
    """a voice that waited longer for its turn has been listened to by people, and is left alone"""

    @model_validator(mode="after")
    def _the_voice_has_a_place(self) -> "ListenerPolicy":
        if self.command and not any(FILE in part or WAV in part for part in self.command[1:]):
            raise ValueError("command in [listener] needs an argument with {file} or {wav}")
        return self
