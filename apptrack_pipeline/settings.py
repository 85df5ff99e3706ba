"""Every setting of the product, typed and documented, read from `APPTRACK_*` variables.

Nothing else reads the environment. `apptrack doctor` prints what is in force.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError


def _default_home() -> Path:
    return Path(platformdirs.user_data_dir("apptrack"))


UNREADABLE = (ValidationError, SettingsError)
"""What `Settings()` raises for a variable that is wrong; `what_is_wrong` puts it into words."""


class MailAccount(BaseModel):
    """One mail account; an entry of `APPTRACK_MAIL_ACCOUNTS`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    """Short name of the account, for logs and commands: `home`, `gmail`."""

    address: str = Field(min_length=3, max_length=320)
    """The account's mail address; what comes from it is your own mail."""

    user: str | None = None
    """Login name. Unset: the address."""

    host: str | None = None
    """IMAP server. Unset: the provider's, for the addresses whose provider is known."""

    port: int | None = Field(default=None, ge=1, le=65535)
    """Port of the server. Unset: 993, and 143 with `starttls` or `none`."""

    security: Literal["tls", "starttls", "none"] = "tls"
    """`none` is for servers on this machine alone."""

    ca_file: Path | None = None
    """Certificates to trust in place of the system's, for a bridge with a certificate of its own."""

    auth: Literal["password", "google", "microsoft"] = "password"
    """`password`: a password or app password; the others: OAuth, after `apptrack mail login NAME`."""

    password: SecretStr | None = None
    password_file: Path | None = None
    """File whose first line is the password, in place of `password`."""

    oauth_client_id: str | None = None
    """Your own OAuth client. Google wants one; for Microsoft a public client id of yours."""

    oauth_client_secret: SecretStr | None = None

    folders: tuple[str, ...] = ()
    """Folders to read. Empty: the one with all mail where the server has one (Gmail), else INBOX."""

    gmail_filter: str | None = None
    """Search in Gmail's own words that limits what is read: `-category:promotions`."""

    since_days: int = Field(default=400, ge=1, le=7300)
    """How far back the first sync goes, in days."""

    own_addresses: tuple[str, ...] = ()
    """Further addresses of yours."""

    authserv_ids: tuple[str, ...] = ()
    """What your server calls itself in Authentication-Results. Empty: the provider's, where it is known."""


class Settings(BaseSettings):
    """The settings in force; each field is set by `APPTRACK_` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="APPTRACK_", extra="ignore", frozen=True)

    home: Path = Field(default_factory=_default_home)
    """Folder of everything that is kept: the database, the token, Dagster's files, the exports."""

    database_url: SecretStr | None = None
    """A PostgreSQL server of your own (14 or newer): `postgresql://user:password@host:5432/apptrack`.
    Unset: the embedded server in `home`."""

    dagster_database_url: SecretStr | None = None
    """Dagster's own database. Unset: database `<name>_dagster` on the same server."""

    api_host: str = "127.0.0.1"
    """Address that the API listens on; keep it on loopback unless a proxy with TLS stands in front."""

    api_port: int = Field(default=8350, ge=0, le=65535)
    """Port of the API; 0 takes any free one."""

    ui_port: int = Field(default=3000, ge=0, le=65535)
    """Port of Dagster's UI, on loopback; 0 takes any free one."""

    allowed_hosts: tuple[str, ...] = ()
    """Further host names that requests to the API may carry in `Host` (DNS rebinding is refused)."""

    allowed_origins: tuple[str, ...] = ()
    """Origins that browsers may call the API from, for example `chrome-extension://<id>`."""

    max_body_bytes: int = Field(default=8 * 1024 * 1024, ge=1024)
    """Largest body that the API takes, in bytes."""

    capture_wait_s: float = Field(default=4.0, ge=0.0, le=30.0)
    """How long one tick of the capture sensor waits for a capture before it reports that there is none,
    in seconds; that of the analysis queue waits for work likewise. The daemon starts ticks 5 s apart:
    waiting inside the tick takes those 5 s off the time from capture to row. 0: no waiting."""

    mail_accounts: tuple[MailAccount, ...] = ()
    """The mail accounts to read, as a JSON list: `[{"name": "home", "address": "me@example.org", ...}]`."""

    mail_poll_s: float = Field(default=60.0, ge=10.0)
    """How often mailboxes are asked for news, in seconds."""

    mail_second_model: bool = True
    """Ask a small model, trained in the process, what a mail is about, beside the rules; it sends mail to
    review where the two disagree. It needs the extra `ml`; without that, rules alone decide."""

    fetch_postings: Literal["automatic", "asked", "never"] = "automatic"
    """When postings are fetched from their sites. `automatic`: where a capture brought no text, once a week
    to see whether they are still open, and when a person asks for it. `asked`: only then. `never`: no site is
    asked for anything."""

    fetch_archive: Path | None = None
    """Folder of recorded answers that stands for the network: nothing else is fetched."""

    batch_size: int = Field(default=25, ge=1, le=50)
    """Most applications that one run takes; above 50 the run's planned events slow its start."""

    max_attempts: int = Field(default=3, ge=1, le=10)
    """How often one piece of work is tried before it is marked as failed."""

    retry_delays_s: tuple[float, ...] = Field(default=(60.0, 300.0, 900.0), min_length=1)
    """Waiting times before the second, third and later attempts, in seconds."""

    @field_validator("home", mode="after")
    @classmethod
    def _absolute_home(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("fetch_archive", mode="after")
    @classmethod
    def _absolute_archive(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser().absolute()

    @field_validator("mail_accounts", mode="after")
    @classmethod
    def _distinct_names(cls, value: tuple[MailAccount, ...]) -> tuple[MailAccount, ...]:
        names = [account.name for account in value]
        taken = {"files", "letter_box"} & set(names)
        if len(set(names)) < len(names) or taken:
            raise ValueError("each account needs a name of its own, other than files and letter_box")
        return value

    @property
    def dagster_home(self) -> Path:
        """Folder that becomes `DAGSTER_HOME`."""
        return self.home / "dagster"

    @property
    def token_file(self) -> Path:
        """File (mode 0600) that holds the API's bearer token."""
        return self.home / "token"

    @property
    def mail_token_dir(self) -> Path:
        """Folder (mode 0700) of the OAuth tokens that `apptrack mail login` gets."""
        return self.home / "mail"

    @property
    def export_dir(self) -> Path:
        """Folder of the exported files."""
        return self.home / "exports"

    @property
    def csv_file(self) -> Path:
        """The exported tracker."""
        return self.export_dir / "applications.csv"


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """Return the settings in force, read from the environment once per process."""
    return Settings()


def what_is_wrong(error: ValidationError | SettingsError) -> str:
    """Return a sentence that names each variable that is wrong, never its value: it may be a secret."""
    if isinstance(error, SettingsError):
        return f'{error}: write lists as JSON, for example ["tracker.example.org"]'
    problems = error.errors(include_input=False, include_url=False)
    return "; ".join(f"{_place(problem['loc'])}: {problem['msg']}" for problem in problems)


def _place(path: tuple[int | str, ...]) -> str:
    """Return where in the settings something is: `APPTRACK_MAIL_ACCOUNTS, entry 1, field host`."""
    names = [f"entry {part + 1}" if isinstance(part, int) else f"field {part}" for part in path[1:]]
    return ", ".join([f"APPTRACK_{str(path[0]).upper()}", *names])
