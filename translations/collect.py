"""Brings the catalogues up to date with the sentences in the source, and says what still waits for a translator."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po
from jinja2 import TemplateSyntaxError
from jinja2.ext import babel_extract

from webapp.rules.desk_settings import LANGUAGES

HERE = Path(__file__).parent
KEYWORDS = DEFAULT_KEYWORDS | {
    f"lazy_{name}": DEFAULT_KEYWORDS[name] for name in ("gettext", "ngettext", "pgettext", "npgettext")
}
TRANSLATED = [language for language in LANGUAGES if language != "en"]


def marked(
    file: IO[bytes], keywords: Any, tags: Any, options: Any
) -> Iterator[tuple[int, str, tuple[Any, ...], list[str]]]:
    """The marked sentences of a program: those inside another call and inside an f-string too, which Babel's own
    reader passes over.
    """
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in keywords:
            said = tuple(part.value if isinstance(part, ast.Constant) else None for part in node.args)
            if any(isinstance(part, str) for part in said):
                yield node.lineno, node.func.id, said, []


def of_page(file: IO[bytes], keywords: Any, tags: Any, options: Any) -> Iterator[tuple[int, str, Any, list[str]]]:
    """The sentences of a page. Raises TemplateSyntaxError: else those of a broken one would seem to be gone."""
    try:
        yield from babel_extract(file, keywords, tags, options | {"silent": "false"})
    except TemplateSyntaxError as error:
        error.filename = file.name
        raise


SOURCE = {"webapp": (marked, "**.py"), "templates": (of_page, "**.*")}


def collected(house: Path = HERE.parent) -> Catalog:
    """Every sentence of the source, with the files it stands in. Raises TemplateSyntaxError for a page with a fault."""
    found = Catalog(project="Holdfast", charset="utf-8")
    for room, (method, pattern) in SOURCE.items():
        for name, line, message, comments, context in extract_from_dir(
            house / room, [(pattern, method)], keywords=KEYWORDS, comment_tags=["Translators:"]
        ):
            found.add(message, None, [(f"{room}/{name}", line)], auto_comments=comments, context=context)
    return found


def catalogue_file(language: str) -> Path:
    return HERE / language / "LC_MESSAGES" / "messages.po"


def catalogue(language: str) -> Catalog:
    """The sentences of a language as they stand in the repository."""
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language)


def waiting(known: Catalog) -> Iterator[str]:
    """The sentences without a translation that can be shown: empty, only guessed, or with a form too few."""
    for message in known:
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and (
            message.fuzzy or not all(forms) or (message.pluralizable and len(forms) != known.num_plurals)
        ):
            yield message.id[0] if message.pluralizable else message.id


def bring_up_to_date(language: str, source: Catalog) -> Catalog:
    """Write the catalogue with new sentences empty and without those that are gone; nothing is guessed."""
    known = catalogue(language)
    known.update(source, no_fuzzy_matching=True, update_creation_date=False)
    with catalogue_file(language).open("wb") as file:
        write_po(file, known, width=120, ignore_obsolete=True, include_lineno=False, sort_by_file=True)
    return known


def main() -> None:
    source = collected()
    for language in TRANSLATED:
        left = list(waiting(bring_up_to_date(language, source)))
        click.echo(f"{language}: {len(source) - len(left)} of {len(source)} sentences translated")
        for sentence in left:
            click.echo(f"    {sentence}")


if __name__ == "__main__":
    main()
