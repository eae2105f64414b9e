"""The command line of people: ``floor user`` and ``floor roster``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

import click

from floor.errors import ConfigInvalidError
from floor.verbs.options import read_settings, settings_options, told


@click.group()
def user() -> None:
    """People who sign in: the first administrator, passwords, roles. Many at once: floor roster."""


@user.command("add")
@click.argument("login")
@click.option("--role", default="agent", show_default=True, help="See floor user roles; the first one is to be admin.")
@click.option("--name", default=None, help="As others read it; the login by default.")
@click.option("--number", default=None, help="Service number, which customers may know; never the login.")
@click.option("--group", multiple=True, help="Group he belongs to; may be repeated.")
@click.option("--leads", multiple=True, help="Group he answers for; may be repeated.")
@click.option("--no-password", is_flag=True, help="Only a contact, or signs in through an identity provider.")
@settings_options
@told
def user_add(
    config: Path | None,
    login: str,
    role: str,
    name: str | None,
    number: str | None,
    group: tuple[str, ...],
    leads: tuple[str, ...],
    no_password: bool,
    **flags: Any,
) -> None:
    """Add a person; the password is asked, or read from standard input."""
    from floor.verbs.users import add_user

    cells = {"login": login, "name": name or login, "role": role, "group": "|".join(group), "leads": "|".join(leads)}
    cells |= {} if number is None else {"number": number}
    click.echo(add_user(read_settings(config, flags), cells, None if no_password else _password))


@user.command("list")
@settings_options
@told
def user_list(config: Path | None, **flags: Any) -> None:
    """List people: login, role, number, name, groups (* leads), and who cannot sign in."""
    from floor.verbs.users import list_users

    click.echo(list_users(read_settings(config, flags)))


@user.command("password")
@click.argument("login")
@settings_options
@told
def user_password(config: Path | None, login: str, **flags: Any) -> None:
    """Set somebody's password; it is asked, or read from standard input. He is signed out by it."""
    from floor.verbs.users import set_user_password

    click.echo(set_user_password(read_settings(config, flags), login, _password))


@user.command("disable")
@click.argument("login")
@click.option("--undo", is_flag=True, help="Let him in again.")
@settings_options
@told
def user_disable(config: Path | None, login: str, undo: bool, **flags: Any) -> None:
    """Let somebody in no more; what he has open ends within a second, records keep his name."""
    from floor.verbs.users import disable_user

    click.echo(disable_user(read_settings(config, flags), login, again=undo))


@user.command("roles")
@click.argument("login", required=False)
@click.argument("role", required=False)
@settings_options
@told
def user_roles(config: Path | None, login: str | None, role: str | None, **flags: Any) -> None:
    """Without arguments: every role and its rights. With LOGIN and ROLE: give somebody another role."""
    from floor.verbs.users import set_user_role, table_of_roles

    if login is None:
        click.echo(table_of_roles())
    elif role is None:
        raise ConfigInvalidError([f"say which role {login} is to have; floor user roles lists them"])
    else:
        click.echo(set_user_role(read_settings(config, flags), login, role))


def _password() -> str:
    """Asked twice at a terminal; else the first line of standard input."""
    if sys.stdin.isatty():
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    return sys.stdin.readline(4096).rstrip("\r\n")


@click.group()
def roster() -> None:
    """People, groups, numbers and leaders from a spreadsheet (CSV), and back."""


@roster.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@click.option("--chinese", is_flag=True, help="Sentences in Chinese.")
@settings_options
@told
def roster_import(config: Path | None, file: Path, dry_run: bool, chinese: bool, **flags: Any) -> None:
    """Take in FILE, all or nothing; every mistake is named with its line and column. Nobody is removed."""
    from floor.verbs.roster import import_roster

    language: Literal["en", "zh"] = "zh" if chinese else "en"
    import_roster(read_settings(config, flags), file, dry=dry_run, language=language, say=click.echo)


@roster.command("export")
@settings_options
@told
def roster_export(config: Path | None, **flags: Any) -> None:
    """Print everybody who works here, in the columns of the import."""
    from floor.verbs.roster import export_roster

    click.echo(export_roster(read_settings(config, flags)), nl=False)
