"""``qiupu manage create_administrator``: the first account of an installation."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from qiupu_web.parties.actors import system
from qiupu_web.parties.enums import OrganisationKind, Role
from qiupu_web.parties.models import Organisation, User
from qiupu_web.parties.usecases import add_member, create_organisation


class Command(BaseCommand):
    """Make an administrator who also acts as the exchange office."""

    help = "Make the first account: an administrator who also acts as the exchange office. Asks for the password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who."""
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument("--office", default="Exchange office", help="name of the office, made when there is none")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the password and make account, office and memberships."""
        if User.objects.filter(email__iexact=options["email"]).exists():
            raise CommandError(f"There is an account for {options['email']} already.")
        password = getpass.getpass("Password: ")
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        operator, now = system("operator"), timezone.now()
        office = Organisation.objects.filter(kind=OrganisationKind.OFFICE).first() or create_organisation(
            actor=operator, now=now, kind=OrganisationKind.OFFICE, code="exchange-office", name_en=options["office"]
        )
        user = User.objects.create_user(options["email"], password, name_en=options["name"] or options["email"].split("@")[0])
        for role in (Role.ADMINISTRATOR, Role.OFFICE):
            add_member(actor=operator, now=now, organisation=office, user=user, role=role)
        self.stdout.write(f"{user.email} may sign in")
