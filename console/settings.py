"""Every knob of the console. Each is an environment variable with a safe default; README.md lists them."""

import os
import tempfile
from pathlib import Path
from urllib.parse import quote

import dj_database_url
from csp.constants import NONE, SELF

from console.environment import (
    private_folder,
    queue_socket,
    read_bool,
    read_int,
    read_list,
    read_secret_key,
    read_text,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(read_text("DATA_DIR", "var")).expanduser().absolute()

DEBUG = read_bool("DEBUG")
SECRET_KEY = read_secret_key(DATA_DIR)
ALLOWED_HOSTS = read_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = read_list("TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "console",
    "algorithms",
    "jobs",  # before django_rq: its rqworker command stands in front of django_rq's
    "storage",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "django_include_bootstrap",
    "django_rq",
    "heroicons",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "console.middleware.QueueServerAway",
    "jobs.middleware.DeletedJobs",
]

ROOT_URLCONF = "console.urls"
WSGI_APPLICATION = "console.wsgi.application"

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
                "console.context_processors.frame",
            ],
        },
    },
]

# The database is the truth about every job. SQLite's options: see "Databases" in docs/architecture.md.
DATABASES = {
    "default": dj_database_url.parse(
        read_text("DATABASE_URL") or f"sqlite:///{quote(str(DATA_DIR / 'db.sqlite3'))}",
        conn_max_age=600,  # a reader who comes back after some minutes need not wait for a new one in every thread
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 30,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-20000;"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The queue only says "look": losing it loses nothing.
EMBEDDED_QUEUE = not read_text("REDIS_URL")  # `manage.py up` starts a server of its own
REDIS_URL = read_text("REDIS_URL") or f"unix://{quote(str(queue_socket(DATA_DIR)))}"
SYSTEM_QUEUE = "system"
RQ_QUEUES = {name: {"URL": REDIS_URL, "DEFAULT_TIMEOUT": -1} for name in ("default", SYSTEM_QUEUE)}
RQ_SHOW_ADMIN_LINK = True

# Where `manage.py up` serves the pages
HOST = read_text("HOST") or "127.0.0.1"
PORT = read_int("PORT", default=8000)

# Trials
WORKERS = read_int("WORKERS", default=0)  # 0: one per core
TRIAL_LEASE_SECONDS = 12
TRIAL_STOP_GRACE_SECONDS = read_int("TRIAL_STOP_GRACE_SECONDS", default=10)
TRIAL_LOG_LIMIT_BYTES = read_int("TRIAL_LOG_LIMIT_MB", default=1024, minimum=1) * 1024 * 1024
GPU_DEVICES = read_text("GPU_DEVICES")  # empty: CUDA_VISIBLE_DEVICES, else what nvidia-smi lists
GPU_LOCKS_DIR = Path(read_text("GPU_LOCKS_DIR") or Path(tempfile.gettempdir()) / f"argmax-gpus-{os.getuid()}")
JOB_QUOTA = read_int("JOB_QUOTA", default=10_000, minimum=1)
DELETED_JOBS_DAYS = read_int("DELETED_JOBS_DAYS", default=365, minimum=1)

# Files
BUCKETS_DIR = DATA_DIR / "buckets"
OBJECT_STORE_URL = read_text(
    "OBJECT_STORE_URL"
)  # empty: BUCKETS_DIR; else an fsspec URL, one folder a bucket
SNAPSHOTS_DIR = DATA_DIR / "snapshots"
JOBS_DIR = DATA_DIR / "jobs"
EXAMPLES_DIR = BASE_DIR / "examples"
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = private_folder(DATA_DIR / "uploads")  # a disk chosen for data, not a small /tmp

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "console.assets.PlotlyFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "console.assets.ManifestStorage"},
}

# People
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# Security. HTTPS=1 says that a proxy speaks TLS to the browser.
HTTPS = read_bool("HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "style-src": [SELF, "'unsafe-inline'"],  # Plotly writes its styles into the page
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": read_text("LOG_LEVEL", "INFO")},
    "loggers": {"django.request": {"level": "ERROR"}},
}
