"""What the operator sets: environment, `.env` or files. Read by bot.py and the assembly alone.

Every secret may also stand in a file (`BOT_TOKEN_FILE`, `WEBHOOK_SECRET_FILE`), as containers and systemd hand them
over. A value that is missing or wrong is one SettingsError, whose text (messages/<lang>/setting.toml) never repeats a
secret. What every setting means is in docs/operations.md.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import DomainError
from domain.policy import CountyPolicy
from domain.sources import SourceKind

_TOKEN = re.compile(r"^\d+:[A-Za-z0-9_-]{30,}$")


class SettingsError(DomainError):
    """One line for the operator: which setting, and what it should be. For a value that cannot be read the key is
    `setting.` and the name of the field."""


def _blank_is_absent(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Optional = BeforeValidator(_blank_is_absent)


def _not_a_locale(value: object) -> object:
    """Desktops set LANGUAGE too, to lists of locales ("en_US:en"): that is no wish for this bot."""
    return "zh" if isinstance(value, str) and (not value.strip() or re.search(r"[_:]", value)) else value


Language = Annotated[Literal["zh", "en"], BeforeValidator(_not_a_locale)]


class Settings(BaseSettings):
    """All settings with their defaults. Names in the environment are the same in capitals."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", validate_default=True)

    bot_token: Annotated[SecretStr | None, Optional] = None
    bot_token_file: Annotated[Path | None, Optional] = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_proxy: Annotated[str | None, Optional] = None
    database_url: str = "sqlite:///data/shouwang.db"
    data_dir: Path = Path("data")
    timezone: str = "Asia/Shanghai"
    language: Language = "zh"
    """of the command line; the bot speaks to everybody in his own"""
    county: str = Field(default="331124", pattern=r"^\d{6}$")
    county_file: Annotated[Path | None, Optional] = None
    wording_dir: Annotated[Path | None, Optional] = None
    speech_command: Annotated[str | None, Optional] = None
    """a program that speaks, in place of espeak-ng: reads text on its input, writes WAV to {out}"""
    warnings_dir: Annotated[Path | None, Optional] = None
    webhook_url: Annotated[str | None, Optional] = None
    webhook_listen: str = "127.0.0.1:8443"
    webhook_secret: Annotated[SecretStr | None, Optional] = None
    webhook_secret_file: Annotated[Path | None, Optional] = None
    feed_listen: Annotated[str | None, Optional] = None
    send_rate: float = Field(default=26.8, ge=0)
    """messages a second to all chats together; 0: no pacing (a local Bot API server of one's own, or a benchmark)"""
    log_level: Literal["DEBUG", "INFO", "WARNING"] = "INFO"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("unknown") from error
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        driver = {"sqlite": "sqlite+aiosqlite", "postgres": "postgresql+asyncpg", "postgresql": "postgresql+asyncpg"}
        scheme, separator, rest = value.partition("://")
        scheme = driver.get(scheme, scheme)
        if not separator or scheme not in {"sqlite+aiosqlite", "postgresql+asyncpg"}:
            raise ValueError("unknown")
        return f"{scheme}://{rest}"

    @field_validator("telegram_api_url", "webhook_url")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("not http")
        return None if value is None else value.rstrip("/")

    @field_validator("telegram_proxy")
    @classmethod
    def _a_proxy(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://", "socks5://", "socks5h://", "socks4://")):
            raise ValueError("not a proxy")
        return value

    @field_validator("webhook_listen", "feed_listen")
    @classmethod
    def _host_and_port(cls, value: str | None) -> str | None:
        port = "1" if value is None else value.rpartition(":")[2]
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError("no port")
        return value

    @model_validator(mode="after")
    def _a_webhook_has_a_secret(self) -> Self:
        if self.webhook_url is not None and not self.webhook_secret and not self.webhook_secret_file:
            raise ValueError("webhook without a secret")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def sqlite_path(self) -> Path | None:
        """The database file, None on PostgreSQL."""
        prefix = "sqlite+aiosqlite:///"
        return Path(self.database_url[len(prefix) :]) if self.database_url.startswith(prefix) else None

    @property
    def inbox_dir(self) -> Path:
        """The watched folder for warnings."""
        return self.warnings_dir or self.data_dir / "warnings"

    def token(self) -> str:
        """The bot's token. Raises SettingsError when it is missing or cannot be one."""
        token = _secret(self.bot_token, self.bot_token_file, "BOT_TOKEN_FILE")
        if not token:
            raise SettingsError("setting.token_missing")
        if not _TOKEN.match(token):
            raise SettingsError("setting.token_shape")
        return token

    def hook_secret(self) -> str:
        """What Telegram must show with every webhook call."""
        secret = _secret(self.webhook_secret, self.webhook_secret_file, "WEBHOOK_SECRET_FILE")
        if not re.fullmatch(r"[A-Za-z0-9_-]{32,256}", secret):
            raise SettingsError("setting.webhook_secret")
        return secret

    def policy(self) -> CountyPolicy:
        """The county's figures: our defaults, replaced by those of COUNTY_FILE."""
        policy = CountyPolicy() if self.county_file is None else self._policy_in(self.county_file)
        hooks = [source.name for source in policy.sources if source.kind is SourceKind.HOOK]
        if hooks and self.feed_listen is None and self.webhook_url is None:
            raise SettingsError("setting.hook_nowhere", source=hooks[0])
        return policy

    @staticmethod
    def _policy_in(path: Path) -> CountyPolicy:
        file = str(path)
        try:
            return CountyPolicy.model_validate(tomllib.loads(path.read_text("utf-8")))
        except OSError as error:
            raise SettingsError("setting.file_unreadable", name="COUNTY_FILE", file=file, reason=_why(error)) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError("setting.county_toml", file=file, reason=str(error)) from error
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            if first["type"] == "extra_forbidden":
                raise SettingsError("setting.county_unknown", file=file, where=where) from None
            reason = first["msg"].removeprefix("Value error, ")
            raise SettingsError("setting.county_value", file=file, where=where, reason=reason) from None


def _secret(value: SecretStr | None, file: Path | None, name: str) -> str:
    if value is not None:
        return value.get_secret_value().strip()
    if file is None:
        return ""
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("setting.file_unreadable", name=name, file=str(file), reason=_why(error)) from error


def _why(error: OSError | UnicodeDecodeError) -> str:
    """What the system says, for whoever runs it."""
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else "UTF-8"


def load(**given: Any) -> Settings:
    """The settings, with some of them given by the caller (the demo, tests). Raises SettingsError."""
    try:
        return Settings(**given)
    except ValidationError as error:
        where = error.errors(include_input=False, include_url=False)[0]["loc"]
        raise SettingsError(f"setting.{where[0] if where else 'webhook_secret'}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("setting.file_unreadable", name=".env", file=".env", reason=_why(error)) from error


def language() -> str:
    """The language of the command line, also where the other settings are wrong."""

    class Wish(BaseSettings):
        model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")
        language: str = "zh"

    try:
        return "en" if _not_a_locale(Wish().language) == "en" else "zh"
    except (ValidationError, OSError, UnicodeDecodeError):
        return "zh"
