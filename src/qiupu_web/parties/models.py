"""Who takes part: people, organisations and units, memberships, sign-ups, one-time links and tokens."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from qiupu_web.base.bilingual import words
from qiupu_web.parties.enums import OrganisationKind, Role, SignUpState
from qiupu_web.parties.models_merges import DifferentOrganisations, OrganisationMerge
from qiupu_web.parties.models_notices import Delivery, Digest, DigestChoice, DigestRun, SavedSearch, Told, Webhook

__all__ = [
    "ApiToken",
    "Delivery",
    "DifferentOrganisations",
    "Digest",
    "DigestChoice",
    "DigestRun",
    "Membership",
    "OneTimeLink",
    "Organisation",
    "OrganisationMerge",
    "SavedSearch",
    "SignUp",
    "Told",
    "User",
    "UserManager",
    "Webhook",
]


class UserManager(BaseUserManager["User"]):
    """Makes accounts; the address is the name to sign in with."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an account; without a password it cannot be signed in to."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Find an account by its address, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in. What she may do comes from her memberships, never from flags here."""

    email = models.EmailField(unique=True)
    name_zh = models.CharField(max_length=100, blank=True)
    name_en = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["email"]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return str(words(self, "name")) or self.email.split("@")[0]


class Organisation(models.Model):
    """A company, start-up, university, or a unit of the city; ``code`` is its word in addresses and files."""

    code = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    name_zh = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    remit_zh = models.TextField(blank=True, help_text="What a unit answers for, or what a firm does.")
    remit_en = models.TextField(blank=True)
    region = models.CharField(max_length=100, blank=True)
    founded_on = models.DateField(null=True, blank=True)
    credit_code = models.CharField(max_length=18, blank=True)
    address = models.CharField(max_length=300, blank=True)
    website = models.URLField(blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_rows")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    is_invented = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name_zh="", name_en=""), name="organisation_has_a_name"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def name(self) -> object:
        """The name in the reader's language, with the language that it is in."""
        return words(self, "name")

    @property
    def remit(self) -> object:
        """What it does, in the reader's language."""
        return words(self, "remit")

    @property
    def is_startup(self) -> bool:
        """Whether it counts as a newcomer."""
        return self.kind == OrganisationKind.STARTUP


class Membership(models.Model):
    """A person acts for an organisation in a role."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["organisation__code", "role", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "organisation", "role"], name="one_membership_each")]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.get_role_display()}"


class SignUp(models.Model):
    """A request for an account, which the office or an administrator approves."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="sign_up")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="sign_ups")
    organisation_name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=Role.choices)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=SignUpState.choices, default=SignUpState.FILED, db_index=True)
    reason = models.TextField(blank=True)
    filed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="decided_sign_ups")

    class Meta:
        ordering = ["filed_at", "id"]

    def __str__(self) -> str:
        return f"{self.user} → {self.organisation_name}"


class OneTimeLink(models.Model):
    """A link by which a unit does one thing without an account. Only the hash of its token is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="links")
    action = models.CharField(max_length=80, help_text="The one use case that it opens.")
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=60)
    sent_to = models.EmailField(blank=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="links_sent")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]


class ApiToken(models.Model):
    """Lets a program act as a membership, within scopes. Only the hash is kept; the token is shown once."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list, help_text="Actions that it opens, or prefixes such as trials.*; read is always in.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
