"""Django settings, all of it from the environment. Without DATABASE_URL the CLI starts the embedded server first."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from schedulepop import postgres

ROOT = Path(__file__).resolve().parent


def database(url: str) -> dict[str, Any]:
    """Django's form of a PostgreSQL URL."""
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": parts,
    }


def _secret_key() -> str:
    """SCHEDULEPOP_SECRET_KEY, else a random one kept beside the embedded database (mode 0600)."""
    given = os.environ.get("SCHEDULEPOP_SECRET_KEY")
    if given:
        return given
    path = postgres.state_home() / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(os.urandom(48).hex())
    return path.read_text().strip()


DEBUG = False
DEMO = os.environ.get("SCHEDULEPOP_DEMO") == "1"
BASE_URL = os.environ.get("SCHEDULEPOP_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
LISTEN = os.environ.get("SCHEDULEPOP_LISTEN", "127.0.0.1")  # what `web` and `up` serve
SECURE = BASE_URL.startswith("https://")
SECRET_KEY = _secret_key()
KEYS = tuple(key for one in os.environ.get("SCHEDULEPOP_KEYS", "").split(",") if (key := one.strip()))
KEYS_FILE = str(postgres.state_home() / "keys")  # where SCHEDULEPOP_KEYS names none (`accounts.sealing`)
ALLOWED_HOSTS = [h for h in os.environ.get("SCHEDULEPOP_HOSTS", "").split(",") if h] or [
    BASE_URL.split("//", 1)[1].split("/")[0].split(":")[0],
    "127.0.0.1",
    "localhost",
    "[::1]",
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

_APP_URL = os.environ.get("DATABASE_URL", "")
_MIGRATE_URL = os.environ.get("DATABASE_MIGRATE_URL", "") or _APP_URL
DATABASES = {"default": database(_APP_URL), "migrate": database(_MIGRATE_URL)}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    "schedulepop.accounts",
    "schedulepop.messages",
    "schedulepop.directory",
    "schedulepop.sync",
    "schedulepop.web",
]
MIDDLEWARE = [
    "schedulepop.web.shell.probes.Probes",
    "schedulepop.web.shell.request_log.RequestLog",
    "schedulepop.web.shell.doorstep.Doorstep",
    "schedulepop.web.shell.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "schedulepop.web.shell.row_security.RowSecurity",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "schedulepop.web.shell.session_limits.SessionLimits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "schedulepop.web.shell.bodies.Bodies",
]
ROOT_URLCONF = "schedulepop.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "schedulepop.web.shell.navigation.context",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["schedulepop.accounts.sign_in.SignInBackend"]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"

_COOKIES_BEGIN = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{_COOKIES_BEGIN}session"
CSRF_COOKIE_NAME = f"{_COOKIES_BEGIN}csrf"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("SCHEDULEPOP_BEHIND_PROXY") == "1" else None
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # of a form without its files; see web/shell/bodies.py
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 2
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "schedulepop.web.shell.bodies.UnnamedFileHandler",
]

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

EMAIL_BACKEND = os.environ.get("SCHEDULEPOP_EMAIL_BACKEND", "schedulepop.messages.mailbox.MailboxBackend")
EMAIL_HOST = os.environ.get("SCHEDULEPOP_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("SCHEDULEPOP_SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("SCHEDULEPOP_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("SCHEDULEPOP_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("SCHEDULEPOP_SMTP_TLS", "1") == "1"
EMAIL_TIMEOUT = 20
if EMAIL_HOST:
    EMAIL_BACKEND = "schedulepop.messages.smtp.SmtpBackend"
MAILGUN_SIGNING_KEY = os.environ.get("SCHEDULEPOP_MAILGUN_SIGNING_KEY", "")  # of what it tells of letters
ANYMAIL = {
    "MAILGUN_API_KEY": os.environ.get("SCHEDULEPOP_MAILGUN_KEY", ""),
    "MAILGUN_SENDER_DOMAIN": os.environ.get("SCHEDULEPOP_MAILGUN_DOMAIN", ""),
    "MAILGUN_API_URL": os.environ.get("SCHEDULEPOP_MAILGUN_URL", "https://api.mailgun.net/v3"),
    "REQUESTS_TIMEOUT": EMAIL_TIMEOUT,
}
if ANYMAIL["MAILGUN_API_KEY"]:
    EMAIL_BACKEND = "schedulepop.messages.service.ServiceBackend"
DEFAULT_FROM_EMAIL = os.environ.get("SCHEDULEPOP_MAIL_FROM", "SchedulePop <no-reply@schedulepop.example>")
MAILBOX_DIR = os.environ.get(
    "SCHEDULEPOP_MAILBOX", ""
)  # the file backend's folder; empty: beside the database
ALLOW_HOSTS = tuple(  # private hosts and networks that connectors may call, also without TLS
    host for one in os.environ.get("SCHEDULEPOP_ALLOW_HOSTS", "").split(",") if (host := one.strip())
)
ROUTES = dict(  # a platform's origin → a stub's, for demonstrations and tests: never in production
    pair.split("=", 1) for pair in os.environ.get("SCHEDULEPOP_STUBS", "").split(",") if "=" in pair
)
FEEDS = os.environ.get("SCHEDULEPOP_FEEDS") or str(postgres.state_home() / "feeds")

METRICS_TOKEN = os.environ.get("SCHEDULEPOP_METRICS_TOKEN", "")  # who has it may read /metrics; empty: nobody
LOG_REQUESTS = (
    os.environ.get("SCHEDULEPOP_LOG_REQUESTS") == "1"
)  # a line for every request, not of errors alone
LOG_JSON = os.environ.get("SCHEDULEPOP_LOG_JSON") == "1"  # a JSON object a line, for who collects logs

INVITATION_DAYS = 7
SILENT_SECONDS = float(os.environ.get("SCHEDULEPOP_SILENT_SECONDS", "60"))
SWEEP_SECONDS = float(os.environ.get("SCHEDULEPOP_SWEEP_SECONDS", "15"))
PROCRASTINATE_IMPORT_PATHS = ["schedulepop.jobs"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING_CONFIG = None
