"""Django's settings, from `configuration.py` only."""

from __future__ import annotations

import secrets
from pathlib import Path

import dj_database_url
import dj_email_url
from django.utils.translation import gettext_lazy as _

from qiupu_web.configuration import load, secret_of

CONFIG = load()
PACKAGE = Path(__file__).resolve().parent
HOME = CONFIG.home
HOME.mkdir(parents=True, exist_ok=True)

SECRET_KEY = CONFIG["QIUPU_SECRET_KEY"] or secret_of(CONFIG, "secret.key", lambda: secrets.token_urlsafe(48))
DEBUG = CONFIG["QIUPU_DEBUG"]
ALLOWED_HOSTS = CONFIG["QIUPU_ALLOWED_HOSTS"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "qiupu_web.base",
    "qiupu_web.parties",
    "qiupu_web.agreements",
    "qiupu_web.capabilities",
    "qiupu_web.scenarios",
    "qiupu_web.matches",
    "qiupu_web.trials",
    "qiupu_web.projects",
    "qiupu_web.faces",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "qiupu_web.faces.web.security.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "qiupu_web.faces.web.actors.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "qiupu_web.faces.web.errors.ErrorsInTheReadersLanguage",
    "qiupu_web.faces.api.throttling.ApiThrottle",
]

ROOT_URLCONF = "qiupu_web.urls"
WSGI_APPLICATION = "qiupu_web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted(str(path) for path in (PACKAGE / "faces" / "web").glob("*/templates")),
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "qiupu_web.faces.web.shell.shell",
            ],
            "builtins": [
                "qiupu_web.faces.templatetags.qiupu",
                "django.templatetags.i18n",
                "qiupu_web.faces.templatetags.remembered",
            ],
        },
    }
]

# Forms are drawn by the site's own templates.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

if CONFIG["DATABASE_URL"]:
    DATABASES = {"default": dj_database_url.parse(CONFIG["DATABASE_URL"], conn_max_age=600, conn_health_checks=True)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(HOME / "qiupu.sqlite3"),
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# On disk, so that sign-in limits hold across the processes of the site.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": HOME / "cache"}}

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "pages:my_work"
LOGOUT_REDIRECT_URL = "pages:home"
ACCOUNT_ADAPTER = "qiupu_web.faces.web.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = CONFIG["QIUPU_SITE_NAME"]

LANGUAGE_CODE = CONFIG["QIUPU_LANGUAGE"]
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = sorted(str(path) for path in (PACKAGE / "locale").glob("*"))
TIME_ZONE = CONFIG["QIUPU_TIME_ZONE"]
USE_I18N = True
USE_TZ = True
SITE_NAMES = {"en": CONFIG["QIUPU_SITE_NAME"], "zh-hans": CONFIG["QIUPU_SITE_NAME_ZH"]}

STATIC_URL = "/static/"
STATICFILES_DIRS = sorted(str(path) for path in (PACKAGE / "faces" / "web").glob("*/static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
MEDIA_ROOT = HOME / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
UPLOAD_MAX_BYTES = CONFIG["QIUPU_UPLOAD_MAX_MB"] * 1024 * 1024
FONT_FOLDER = CONFIG["QIUPU_FONTS"]

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "trials"]}}

_mail = dj_email_url.parse(CONFIG["EMAIL_URL"])
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail["EMAIL_HOST"]
EMAIL_PORT = _mail["EMAIL_PORT"]
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _mail["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _mail["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = CONFIG["QIUPU_EMAIL_FROM"]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "qiupu_web.faces.web.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if CONFIG["QIUPU_HTTPS"]:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = [CONFIG["QIUPU_BASE_URL"]]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"qiupu": {"level": "INFO"}, "django_tasks": {"level": "WARNING"}},
}

FIELD_NAMES = {
    "smart-city": _("Smart city"),
    "smart-manufacturing": _("Smart manufacturing"),
    "smart-tourism": _("Smart tourism"),
    "culture": _("Culture"),
    "agriculture": _("Agriculture"),
}
"""The five fields; plug-ins may add more."""
