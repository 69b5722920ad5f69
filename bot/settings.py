"""The environment as one frozen value; every faulty setting is named at once."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

TOKEN = re.compile(r"\d{3,20}:[\w-]{10,}")
WEBHOOK_SECRET = re.compile(r"[\w-]{1,256}")
FROM_FILES = ("BOT_TOKEN", "BOT_WEBHOOK_SECRET", "DATABASE_URL", "REDIS_URL")
WEBHOOK_NEEDS = {"BOT_WEBHOOK_SECRET": "a long random word", "BOT_LISTEN": "0.0.0.0:8080"}


class FaultySettings(Exception):
    """Some settings cannot be used; the message has one line for each."""


class Settings(BaseSettings):
    """What the program is told from outside. Names of variables are the aliases."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    token: SecretStr | None = Field(None, alias="BOT_TOKEN")
    api_url: str = Field("https://api.telegram.org", alias="BOT_API_URL")
    access: Literal["open", "listed"] = Field("listed", alias="BOT_ACCESS")
    admins: Annotated[frozenset[int], NoDecode] = Field(frozenset(), alias="BOT_ADMINS")
    proxy: str | None = Field(None, alias="BOT_PROXY")
    contacts_in_groups: Literal["show", "private"] = Field("show", alias="BOT_CONTACTS_IN_GROUPS")
    database_url: str | None = Field(None, alias="DATABASE_URL")
    redis_url: str | None = Field(None, alias="REDIS_URL")
    webhook_url: str | None = Field(None, alias="BOT_WEBHOOK_URL")
    webhook_secret: SecretStr | None = Field(None, alias="BOT_WEBHOOK_SECRET")
    listen: str | None = Field(None, alias="BOT_LISTEN")
    retention_days: int = Field(180, alias="BOT_RETENTION_DAYS", ge=1, le=3650)
    rich: bool = Field(True, alias="BOT_RICH")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", alias="BOT_LOG_LEVEL")
    log_format: Literal["console", "json"] = Field("console", alias="BOT_LOG_FORMAT")

    @field_validator("admins", mode="before")
    @classmethod
    def _split_admins(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in re.split(r"[,，\s]+", value) if part.strip()]
        if wrong := [part for part in parts if not re.fullmatch(r"[0-9]{1,15}", part)]:
            raise ValueError(f"{wrong[0]!r} is not a numeric user id; expected 123456,234567")
        return frozenset(int(part) for part in parts)

    @field_validator("token")
    @classmethod
    def _looks_like_a_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value().strip():
            return None
        token = value.get_secret_value().strip()
        if not TOKEN.fullmatch(token):
            raise ValueError("not a bot token; expected what BotFather gave: 123456789:AA…")
        return SecretStr(token)

    @field_validator("api_url", "proxy", "webhook_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is None or not value.strip():
            return None
        if not re.match(r"(https?|socks[45]h?)://[^/\s]+", value.strip()):
            raise ValueError(f"{_without_password(value)!r} is not an address such as https://host")
        return value.strip().rstrip("/")

    @field_validator("webhook_secret")
    @classmethod
    def _fits_the_header(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value().strip():
            return None
        if not WEBHOOK_SECRET.fullmatch(value.get_secret_value().strip()):
            raise ValueError("expected 1 to 256 of the characters A-Z a-z 0-9 _ -")
        return SecretStr(value.get_secret_value().strip())

    @field_validator("listen")
    @classmethod
    def _is_host_and_port(cls, value: str | None) -> str | None:
        if value is None or not value.strip():
            return None
        port = value.rpartition(":")[2]
        if ":" not in value or not port.isdigit() or not 0 <= int(port) < 65536:
            raise ValueError(f"{value!r} is not host:port, such as 0.0.0.0:8080")
        return value.strip()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `read_settings` hands over: it reads the environment and the NAME_FILE files."""
        return (init_settings,)

    @property
    def listen_at(self) -> tuple[str, int] | None:
        """Host and port to serve on, or None."""
        if self.listen is None:
            return None
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104  the operator asked for it

    @property
    def several_processes(self) -> bool:
        """Whether others may serve the same bot: a webhook over what can be shared."""
        embedded = self.database_url is None or self.database_url.startswith("sqlite")
        return bool(self.webhook_url) and (not embedded or self.redis_url is not None)


def read_settings(environment: dict[str, str] | None = None, **override: Any) -> Settings:
    """Settings from the environment and from NAME_FILE files; FaultySettings names every fault."""
    given = dict(os.environ if environment is None else environment)
    faults = [fault for name in FROM_FILES if (fault := _take_from_file(given, name))]
    if given.get("BOT_WEBHOOK_URL", "").strip():
        faults += [
            f"{name}: BOT_WEBHOOK_URL needs it, such as {example}"
            for name, example in WEBHOOK_NEEDS.items()
            if not given.get(name, "").strip()
        ]
    known = {field.alias for field in Settings.model_fields.values() if field.alias}
    values = {name: given[name] for name in known if given.get(name, "").strip()}
    names = {key: field.alias for key, field in Settings.model_fields.items()}
    values |= {names.get(key) or key: value for key, value in override.items()}
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        faults += [
            f"{'.'.join(str(part) for part in fault['loc']) or 'settings'}: "
            f"{fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors(include_input=False, include_url=False)
        ]
        raise FaultySettings("\n".join(faults)) from None
    if faults:
        raise FaultySettings("\n".join(faults))
    return settings


def _take_from_file(given: dict[str, str], name: str) -> str | None:
    path = given.get(f"{name}_FILE", "").strip()
    if not path or given.get(name, "").strip():
        return None
    try:
        given[name] = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text"
        return f"{name}_FILE: cannot read {path}: {reason}"
    return None if given[name] else f"{name}_FILE: {path} is empty"


def _without_password(address: str) -> str:
    return re.sub(r"//[^@/]*@", "//…@", address)
