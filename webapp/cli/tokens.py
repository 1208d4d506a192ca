"""API tokens."""

from uuid import UUID

import click
from flask.cli import AppGroup

from webapp.blueprints.api.access import make_token
from webapp.core.errors import DomainError
from webapp.core.tenancy import tenant_scope
from webapp.services.api_tokens import keep_token, revoke_token
from webapp.services.signin import token_digest

SCOPES = click.Choice(["read", "book", "admin"])

tokens = AppGroup("tokens", help="Make and revoke API tokens.")


@tokens.command("make")
@click.argument("tenant")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, type=SCOPES, default=["read", "book"])
def make(tenant: str, name: str, scopes: tuple[str, ...]) -> None:
    """Make a token for a clinic and print it, this once."""
    secret = make_token(tenant)
    try:
        with tenant_scope(tenant):
            token_id = keep_token(name=name, digest=token_digest(secret), scopes=scopes)
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{token_id}  {secret}")


@tokens.command("revoke")
@click.argument("tenant")
@click.argument("token_id", type=UUID)
def revoke(tenant: str, token_id: UUID) -> None:
    """Close a token for good."""
    with tenant_scope(tenant):
        when = revoke_token(token_id=token_id)
    if when is None:
        raise click.ClickException("This clinic has no such token.")
    click.echo("Revoked.")


COMMANDS = (tokens,)
