"""The flask commands, a file per subject."""

from flask import Flask

from webapp.cli import books, demo, serve, tokens


def init_app(app: Flask) -> None:
    for command in (*serve.COMMANDS, *books.COMMANDS, *demo.COMMANDS, *tokens.COMMANDS):
        app.cli.add_command(command)
