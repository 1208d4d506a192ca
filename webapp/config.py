"""Every setting, read and checked here and nowhere else. README's table says what each one does."""

import os
import re
import secrets
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url

from webapp.core import roles
from webapp.core.database import engine_options
from webapp.core.embedded import EmbeddedPostgres, folder_for
from webapp.rules.addresses import is_loopback_name

PROJECT = Path(__file__).resolve().parent.parent
DATABASE = "holdfast"  # the embedded server's
OPEN_ON_NETWORK = "anybody who reaches this server may book"


class BadSettings(SystemExit):
    """Settings that cannot work: the process ends with a sentence."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=PROJECT / ".env", env_file_encoding="utf-8", extra="ignore")

    database_url: str | None = None
    db_host: str | None = None
    db_port: int | None = None
    db_name: str | None = None
    db_user: str | None = None
    db_password: str | None = None
    app_database_url: str | None = None
    reader_database_url: str | None = None
    holdfast_data: Path | None = None

    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=1, le=65535)
    web_workers: int = Field(default=2, ge=1, le=64)
    web_threads: int = Field(default=4, ge=1, le=64)
    behind_proxy: bool = False
    stream_port: int | None = Field(default=None, ge=1, le=65535)
    stream_url: str = ""
    secret_key: str = ""

    api_access: Literal["open", "token"] = "token"
    api_open_on_network: str = ""
    default_tenant: str = "default"
    booking_expiry_seconds: int | None = Field(default=None, ge=1, le=86400)
    booking_isolation: Literal["REPEATABLE READ", "READ COMMITTED"] = "REPEATABLE READ"
    idle_lock_minutes: int = Field(default=15, ge=0, le=720)
    outage_folder: Path | None = None
    demo: bool = False

    public_url: str = ""
    smtp_url: str = ""
    mail_from: str = ""
    sms_url: str = ""
    sms_token: str = ""
    delivery_timeout_seconds: int = Field(default=15, ge=1, le=120)

    @field_validator("booking_isolation", mode="before")
    @classmethod
    def _spelling(cls, value: str) -> str:
        return value.upper().replace("_", " ")

    @model_validator(mode="after")
    def _open_only_at_home(self) -> "Settings":
        if self.api_access == "open" and not (is_loopback_name(self.host) or self.open_on_network):
            raise ValueError(
                f"API_ACCESS=open on {self.host} lets everybody on the network book. Set API_ACCESS=token, or HOST to "
                f"127.0.0.1, or, if you mean it, API_OPEN_ON_NETWORK='{OPEN_ON_NETWORK}'."
            )
        return self

    @field_validator("stream_url")
    @classmethod
    def _stream_address(cls, value: str) -> str:
        value = value.strip().rstrip("/")
        if value and value != "off" and not re.fullmatch(r"(https?://[\w.:\[\]-]+)?(/(?!/)[\w./-]*)?", value):
            raise ValueError("must be an address such as https://book.example/stream, a path such as /stream, or off")
        return value

    @field_validator("public_url")
    @classmethod
    def _public_address(cls, value: str) -> str:
        value = value.strip().rstrip("/")
        if value and not re.fullmatch(r"https?://[\w.:\[\]-]+", value):
            raise ValueError("must be an address such as https://book.example, without a path")
        return value

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> "Settings":
        if self.smtp_url and not re.fullmatch(r"smtps?://([^@/\s]+@)?[\w.\[\]:-]+/?", self.smtp_url):
            raise ValueError("SMTP_URL must be like smtp://user:password@mail.example:587, or smtps://…")
        if self.smtp_url and not re.fullmatch(r"[^@\s<>,;\"]+@[\w.-]+", self.mail_from):
            raise ValueError("MAIL_FROM must be the address that mail comes from, such as book@clinic.example")
        if self.sms_url and not re.match(r"https?://[\w.\[-]", self.sms_url):
            raise ValueError("SMS_URL must be the gateway's address, such as https://sms.example/messages")
        return self

    @property
    def address(self) -> str:
        """How patients reach this server from outside, for links in mail."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def sends_mail(self) -> bool:
        """Does mail go out? The demo's is shown where it was started."""
        return bool(self.smtp_url) or self.demo

    @property
    def sends_sms(self) -> bool:
        return bool(self.sms_url) or self.demo

    @property
    def sender(self) -> str:
        """The address that mail comes from."""
        return self.mail_from or "book@holdfast.invalid"

    @property
    def stream_on(self) -> bool:
        """Are changes streamed? Behind a proxy only where it is said under which address."""
        return (
            self.stream_url != "off"
            and self.own_stream_port <= 65535
            and bool(self.stream_url or not self.behind_proxy)
        )

    @property
    def own_stream_port(self) -> int:
        return self.stream_port or self.port + 1

    def stream_base(self, *, scheme: str, host: str) -> str:
        """Where a page that was asked for under this host finds the stream; empty when there is none."""
        if not self.stream_on or not re.fullmatch(r"[\w.:\[\]-]+", host):
            return ""
        name = host if host.endswith("]") or ":" not in host else host.rpartition(":")[0]
        return self.stream_url or f"{scheme}://{name}:{self.own_stream_port}"

    @property
    def open_on_network(self) -> bool:
        return self.api_open_on_network == OPEN_ON_NETWORK

    @property
    def embedded(self) -> bool:
        """No server was named, so Holdfast brings its own."""
        return not (self.database_url or any((self.db_host, self.db_port, self.db_name, self.db_user)))

    @property
    def embedded_folder(self) -> Path:
        return folder_for(PROJECT, override=self.holdfast_data)

    @property
    def outage_path(self) -> Path:
        """Where the day is kept as a file, for when the server is down."""
        return self.outage_folder or self.embedded_folder.with_name(f"{self.embedded_folder.name}-outage")

    @property
    def admin_url(self) -> URL:
        """Who may create roles and tables: used by set-up commands only."""
        if self.embedded:
            return make_url(EmbeddedPostgres(self.embedded_folder).url(database=DATABASE))
        url = self.database_url or (
            f"postgresql://{quote(self.db_user or 'postgres')}:{quote(self.db_password or 'postgres')}"
            f"@{self.db_host or 'localhost'}:{self.db_port or 5432}/{quote(self.db_name or 'dental_booking')}"
        )
        return make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql+psycopg")

    @property
    def app_url(self) -> URL:
        return self._as_role(roles.APP, self.app_database_url)

    @property
    def reader_url(self) -> URL:
        return self._as_role(roles.READER, self.reader_database_url)

    def _as_role(self, role: str, given: str | None) -> URL:
        if given:
            return make_url(given.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql+psycopg")
        password = roles.role_password(self.secret_key, role)
        if self.embedded:
            return make_url(EmbeddedPostgres(self.embedded_folder).url(role=role, password=password, database=DATABASE))
        return self.admin_url.set(username=role, password=password)


def load_settings(**overrides: object) -> Settings:
    """The settings of this process; ends it with a sentence when they cannot work."""
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, e['loc'])).upper() or 'settings'}: {e['msg']}" for e in error.errors()]
        raise BadSettings("These settings cannot work:\n" + "\n".join(lines)) from None
    if not settings.secret_key:
        settings.secret_key = _kept_secret(PROJECT / "instance" / "secret_key")
    return settings


def _kept_secret(path: Path) -> str:
    """One secret a checkout, made on first use and readable by its owner only."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text()


def flask_config(settings: Settings) -> dict[str, object]:
    """What Flask and its extensions call the same things."""
    pool = settings.web_threads + 2  # the page, and a second connection for what it must write first
    isolation = settings.booking_isolation
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.app_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(isolation=isolation, size=pool),
        "SQLALCHEMY_BINDS": {
            "reader": {"url": settings.reader_url, **engine_options(isolation=isolation, size=pool, read_only=True)}
        },
        "MIGRATIONS": str(PROJECT / "migrations"),
        "MAX_CONTENT_LENGTH": 64 * 1024,
        "MAX_FORM_MEMORY_SIZE": 64 * 1024,
        "SESSION_COOKIE_NAME": "holdfast",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": settings.behind_proxy,
        "REMEMBER_COOKIE_DURATION": 0,
        "WTF_CSRF_TIME_LIMIT": None,
        "TEMPLATES_AUTO_RELOAD": False,
        "OPENAPI_VERSION": "3.1.0",
        "AUTO_404_RESPONSE": False,
        "AUTO_VALIDATION_ERROR_RESPONSE": False,
        "VALIDATION_ERROR_STATUS_CODE": 400,
    }
