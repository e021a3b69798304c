"""What the operator sets: environment, `.env` or files. Read by bot.py and the assembly alone.

Every secret may also stand in a file (`BOT_TOKEN_FILE`, `WEBHOOK_SECRET_FILE`), as containers and systemd hand them
over. A value that is missing or wrong is told in one line, without ever repeating a secret.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.policy import CountyPolicy

_TOKEN = re.compile(r"^\d+:[A-Za-z0-9_-]{30,}$")


class SettingsError(Exception):
    """One line for the operator: which setting, and what is wrong with it."""


def _blank_is_absent(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Optional = BeforeValidator(_blank_is_absent)


class Settings(BaseSettings):
    """All settings with their defaults. Names in the environment are the same in capitals."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", validate_default=True)

    bot_token: Annotated[SecretStr | None, Optional] = None
    bot_token_file: Annotated[Path | None, Optional] = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_proxy: Annotated[str | None, Optional] = None
    database_url: str = "sqlite+aiosqlite:///data/shouwang.db"
    data_dir: Path = Path("data")
    timezone: str = "Asia/Shanghai"
    language: Literal["zh", "en"] = "zh"
    county: str = Field(default="331124", pattern=r"^\d{6}$")
    county_file: Annotated[Path | None, Optional] = None
    wording_dir: Annotated[Path | None, Optional] = None
    warnings_dir: Annotated[Path | None, Optional] = None
    webhook_url: Annotated[str | None, Optional] = None
    webhook_listen: str = "127.0.0.1:8443"
    webhook_secret: Annotated[SecretStr | None, Optional] = None
    webhook_secret_file: Annotated[Path | None, Optional] = None
    send_rate: float = Field(default=26.5, ge=0)
    """messages a second to all chats together; 0: no pacing (a local Bot API server of one's own, or a benchmark)"""
    log_level: Literal["DEBUG", "INFO", "WARNING"] = "INFO"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"没有这个时区：{value}（例如 Asia/Shanghai）") from error
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        driver = {"sqlite": "sqlite+aiosqlite", "postgres": "postgresql+asyncpg", "postgresql": "postgresql+asyncpg"}
        scheme, separator, rest = value.partition("://")
        scheme = driver.get(scheme, scheme)
        if not separator or scheme not in {"sqlite+aiosqlite", "postgresql+asyncpg"}:
            raise ValueError("只支持 sqlite:///路径 或 postgresql://用户@主机/库")
        return f"{scheme}://{rest}"

    @field_validator("telegram_api_url", "webhook_url")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("要以 http:// 或 https:// 开头")
        return None if value is None else value.rstrip("/")

    @field_validator("telegram_proxy")
    @classmethod
    def _a_proxy(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://", "socks5://", "socks5h://", "socks4://")):
            raise ValueError("要以 http:// 或 socks5:// 开头")
        return value

    @model_validator(mode="after")
    def _a_webhook_has_a_secret(self) -> Self:
        if self.webhook_url is not None and not self.webhook_secret and not self.webhook_secret_file:
            raise ValueError("WEBHOOK_URL 需要同时设置 WEBHOOK_SECRET 或 WEBHOOK_SECRET_FILE")
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
            raise SettingsError(
                "缺少 BOT_TOKEN：请到 @BotFather 申请机器人令牌，写入环境变量、.env 或 BOT_TOKEN_FILE 所指的文件"
            )
        if not _TOKEN.match(token):
            raise SettingsError("BOT_TOKEN 不像机器人令牌：应为“数字:字母数字”的形式，请检查是否多了空格或引号")
        return token

    def hook_secret(self) -> str:
        """What Telegram must show with every webhook call."""
        secret = _secret(self.webhook_secret, self.webhook_secret_file, "WEBHOOK_SECRET_FILE")
        if not re.fullmatch(r"[A-Za-z0-9_-]{32,256}", secret):
            raise SettingsError("WEBHOOK_SECRET 要 32 到 256 个字母、数字、下划线或减号")
        return secret

    def policy(self) -> CountyPolicy:
        """The county's figures: our defaults, replaced by those of COUNTY_FILE."""
        if self.county_file is None:
            return CountyPolicy()
        try:
            return CountyPolicy.model_validate(tomllib.loads(self.county_file.read_text("utf-8")))
        except OSError as error:
            raise SettingsError(f"COUNTY_FILE 读不了：{self.county_file}（{error.strerror}）") from error
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            raise SettingsError(f"COUNTY_FILE 有误：{_first(error)}") from error


def _secret(value: SecretStr | None, file: Path | None, name: str) -> str:
    if value is not None:
        return value.get_secret_value().strip()
    if file is None:
        return ""
    try:
        return file.read_text("utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{name} 读不了：{file}（{error.strerror}）") from error


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where.upper() if where else '设置'}：{first['msg'].removeprefix('Value error, ')}"
    return str(error)


def load(**given: Any) -> Settings:
    """The settings, with some of them given by the caller (the demo, tests). Raises SettingsError."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError(_first(error)) from None
