"""All settings, read from the environment once. docs/settings.md lists every variable."""

import contextlib
import hashlib
import os
import tempfile
import zoneinfo
from datetime import timedelta
from pathlib import Path

import dj_database_url
import django_stubs_ext
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.contrib.messages import constants as message_levels
from django.core.exceptions import ImproperlyConfigured

from portal import environment

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

# Everything the program writes is below VAR.
VAR = environment.folder("VAR", BASE_DIR / "var")
MIRRORS = VAR / "mirrors"
INDEX = VAR / "index"
# Hidden code, password hashes and keys lie there: they are for this account and no other one of the machine.
os.umask(0o077)
VAR.mkdir(parents=True, exist_ok=True)

# PRODUCTION=true refuses to start on anything that is only fit for one's own machine.
PRODUCTION = environment.boolean("PRODUCTION")
DEBUG = environment.boolean("DEBUG")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG shows secrets to every visitor. Unset DEBUG or PRODUCTION.")


def _local_secret_key() -> str:
    """A key made at the first start, so that a trial needs no setting and sessions survive a restart."""
    from django.core.management.utils import get_random_secret_key

    path = VAR / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key() + get_random_secret_key())
    return path.read_text()


SECRET_KEY = environment.text("SECRET_KEY")
if not SECRET_KEY:
    if PRODUCTION:
        raise ImproperlyConfigured(
            "PRODUCTION needs SECRET_KEY: at least 50 random characters that stay the same between starts."
        )
    SECRET_KEY = _local_secret_key()
elif PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is too short for PRODUCTION: use at least 50 random characters.")


def _local_credentials_key() -> list[str]:
    """A key made at the first start, so that a trial can store a token."""
    path, draft = VAR / "credentials-key", VAR / f".credentials-key.{os.getpid()}"
    if not path.exists():
        draft.write_text(Fernet.generate_key().decode())
        # Several processes may start at once: the first one's key is everybody's.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return [path.read_text().strip()]


# Encrypts what code hosts entrust to us. The first one is for what is stored from now on.
CREDENTIALS_KEY = environment.keys("CREDENTIALS_KEY")
if not CREDENTIALS_KEY:
    if PRODUCTION:
        raise ImproperlyConfigured("PRODUCTION needs CREDENTIALS_KEY: make one with openssl rand -base64 32")
    CREDENTIALS_KEY = _local_credentials_key()

ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS")
if not ALLOWED_HOSTS:
    if PRODUCTION:
        raise ImproperlyConfigured(
            "PRODUCTION needs ALLOWED_HOSTS: the names under which people reach the portal, with commas between."
        )
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = environment.urls("CSRF_TRUSTED_ORIGINS", schemes=("https", "http"))

HOST = environment.text("HOST", "127.0.0.1")
PORT = environment.integer("PORT", 8000, minimum=1, maximum=65_535)
WEB_PROCESSES = environment.integer("WEB_PROCESSES", 1, minimum=1)
DEMO = environment.boolean("DEMO", not PRODUCTION)
PUBLIC_URL = environment.url("PUBLIC_URL", f"http://127.0.0.1:{PORT}", schemes=("https", "http")).rstrip("/")

INSTALLED_APPS = [
    "portal",
    "api",
    "insights",
    "contributions",
    "catalog",
    "people",
    "search",
    "forge",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "axes",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "portal.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.RequestIdMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Here, so that its error pages can say who is signed in.
    "portal.middleware.NoNulMiddleware",
    "portal.middleware.SignInToReadMiddleware",
    "portal.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # It turns a sign-in that was locked into its page, so it comes last.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ],
            "builtins": ["portal.templatetags.pages"],
        },
    }
]
MESSAGE_TAGS = {
    message_levels.ERROR: "bad",
    message_levels.SUCCESS: "good",
    message_levels.WARNING: "caution",
}

# ---------------------------------------------------------------- database
SYNC_THREADS = environment.integer("SYNC_THREADS", 4, minimum=1)  # syncs at the same time in one process
DATABASE_URL = environment.url("DATABASE_URL", schemes=("postgres", "postgresql"))
if DATABASE_URL:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
    DATABASE_POOL = environment.integer("DATABASE_POOL", 8, minimum=1)
    # A connection that a restart of the server cut off is found out before it is used, by one empty query.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        **DATABASES["default"].get("OPTIONS", {}),
        # Who waits longer than `timeout` seconds for a connection is told so; a page should not hang.
        "pool": {"min_size": 1, "max_size": max(DATABASE_POOL, SYNC_THREADS + 3), "timeout": 10},
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(VAR / "portal.sqlite3"),
            "OPTIONS": {
                "timeout": 20,
                # A transaction that begins as a reader and then writes fails at once when another wrote in
                # between; IMMEDIATE takes the write lock first, so that it waits instead.
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# ---------------------------------------------------------------- broker
def _broker_socket() -> Path:
    """Below VAR; in a short folder where that path would be longer than the 107 bytes that a socket may have."""
    path = VAR / "broker" / "broker.sock"
    if len(os.fsencode(path)) <= 100:
        return path
    mark = hashlib.sha256(os.fsencode(VAR)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"innersource-portal-{os.getuid()}-{mark}" / "broker.sock"


# manage.py serve starts a Redis-protocol server below VAR when REDIS_URL is not set, and hands its socket
# to every process through this variable.
BROKER_SOCKET = _broker_socket()
REDIS_URL = environment.url("REDIS_URL", schemes=("redis", "rediss"))
EMBEDDED_BROKER = not REDIS_URL
if EMBEDDED_BROKER:
    REDIS_URL = f"unix://{BROKER_SOCKET}"
CELERY_BROKER_URL = f"redis+socket://{BROKER_SOCKET}" if EMBEDDED_BROKER else REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
BROKER_PREFIX = environment.text("BROKER_PREFIX")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "global_keyprefix": BROKER_PREFIX,
    "socket_connect_timeout": 2,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "default"
# A sync goes to the queue of its lane, so that one huge repository never delays a small one.
SYNC_QUEUES = {"quick": "syncs", "long": "long-syncs"}
CELERY_TIMEZONE = "UTC"
WORKER_PROCESSES = environment.integer("WORKER_PROCESSES", 2, minimum=1)
LONG_WORKER_PROCESSES = environment.integer("LONG_WORKER_PROCESSES", 1, minimum=1)

# ---------------------------------------------------------------- people
AUTH_USER_MODEL = "people.User"
READING_NEEDS_SIGN_IN = environment.boolean("READING_NEEDS_SIGN_IN")
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# After this many wrong passwords for one account from one address, that pair waits.
AXES_FAILURE_LIMIT = environment.integer("SIGN_IN_FAILURES", 10, minimum=1)
AXES_COOLOFF_TIME = timedelta(minutes=environment.integer("SIGN_IN_WAIT", 15, minimum=1))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "people/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
LOGIN_URL = "people:sign-in"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "portal:home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# ---------------------------------------------------------------- git
# Local repositories are read only below these folders; a remote host must be registered as a code host.
# An operator who runs add_source at the command line extends both by the source that they name.
SOURCE_FOLDERS = environment.folders("SOURCE_FOLDERS")
GIT_PROTOCOLS = environment.choices("GIT_PROTOCOLS", "https,ssh", {"https", "ssh", "http", "git"})
GIT_KNOWN_HOSTS = environment.folder("GIT_KNOWN_HOSTS", VAR / "known_hosts")
GIT_SSH_KEY = environment.folder("GIT_SSH_KEY", VAR / "ssh" / "id_ed25519")
GIT_TIMEOUT = environment.integer("GIT_TIMEOUT", 1800, minimum=1)  # seconds for one clone or fetch
if environment.text("SYNC_INTERVAL"):
    raise ImproperlyConfigured("SYNC_INTERVAL is no more. Set SYNC_INTERVAL_LEAST and SYNC_INTERVAL_MOST instead.")
# Seconds between two syncs of one project: the least while it moves, the most once it is quiet.
SYNC_INTERVAL_LEAST = environment.integer("SYNC_INTERVAL_LEAST", 900, minimum=60)
SYNC_INTERVAL_MOST = environment.integer("SYNC_INTERVAL_MOST", 86_400, minimum=60)
if SYNC_INTERVAL_MOST < SYNC_INTERVAL_LEAST:
    raise ImproperlyConfigured("SYNC_INTERVAL_MOST is less than SYNC_INTERVAL_LEAST.")
SYNC_LEASE = environment.integer("SYNC_LEASE", 90, minimum=2)  # seconds after which a killed worker's syncs go on
HOST_CONNECTIONS = environment.integer("HOST_CONNECTIONS", 4, minimum=1)  # syncs of one code host at the same time
DISK_RESERVE = environment.integer("DISK_RESERVE", 1024, minimum=0)  # MB below which no sync begins
DISCOVER_INTERVAL = environment.integer(
    "DISCOVER_INTERVAL", 86400, minimum=300
)  # seconds between rescans of a source
# Webhooks of one code host: megabytes of a body, and how many are heard within a minute.
WEBHOOK_BODY_LIMIT = environment.integer("WEBHOOK_BODY_LIMIT", 5, minimum=1, maximum=25)
WEBHOOKS_PER_MINUTE = environment.integer("WEBHOOKS_PER_MINUTE", 3000, minimum=1)
NEW_LISTINGS_NEED_CURATION = environment.boolean("NEW_LISTINGS_NEED_CURATION")

# ---------------------------------------------------------------- pages
LANGUAGE_CODE = "en"
TIME_ZONE = environment.choice(
    "TIME_ZONE", "UTC", zoneinfo.available_timezones(), such_as="a name such as Europe/Berlin"
)
USE_I18N = True
USE_TZ = True
SITE_NAME = environment.text("SITE_NAME", "InnerSource portal")

STATIC_URL = "/static/"
STATIC_ROOT = environment.folder("STATIC_ROOT", VAR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# ---------------------------------------------------------------- security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
# Whatever an error page or a report to operators shows of a failure, it is never a secret.
DEFAULT_EXCEPTION_REPORTER_FILTER = "portal.error_reports.NoSecrets"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"
HTTPS = environment.boolean("HTTPS", PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SECURE_SSL_REDIRECT = environment.boolean("HTTPS_REDIRECT", True)
    SECURE_HSTS_SECONDS = environment.integer("HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if environment.boolean("BEHIND_PROXY", True):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ---------------------------------------------------------------- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # The first one names the scheme of a 401 answer; sessions have none.
        "api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.MayRead"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.NumberedPages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.errors.coded",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "InnerSource portal",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

LOG_LEVEL = environment.choice(
    "LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR"}, such_as="DEBUG, INFO, WARNING or ERROR"
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Workers are woken several times a minute; what they then do, they say themselves.
    "loggers": {
        name: {"level": "WARNING"}
        for name in ("celery.app.trace", "celery.worker.strategy", "celery.worker.request")
    },
}
