"""English on a page that speaks another language: what a person or a screen reader gets, held against the catalogue."""

import re
from functools import lru_cache

from playwright.sync_api import Page

from translations.collect import catalogue

#: Every piece of text that shows, and every name and hint that is only spoken.
_SPOKEN = """() => {
    const said = [document.title];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const inside = walk.currentNode.parentElement;
        if (!inside.closest("script, style, template, [lang]:not(html)")) said.push(walk.currentNode.data);
    }
    for (const one of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
        if (!one.closest("template"))
            for (const name of ["aria-label", "title", "placeholder", "alt"]) said.push(one.getAttribute(name) || "");
    for (const one of document.querySelectorAll("*"))
        for (const [name, words] of Object.entries(one.dataset || {})) if (name.startsWith("words")) said.push(words);
    return said.map(one => one.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""
ENOUGH = 6  # letters around the places: "Isle of Man" is no "3 of 8"
_PLACE = re.compile(r"%\\\(\w+\\\)s|\\\{\w+\\\}")


def in_words(language: str, sentence: str) -> str:
    """What the language says for one of our sentences."""
    return sentence if language == "en" else catalogue(language).get(sentence).string


def english_left(page: Page, language: str) -> set[str]:
    """Sentences of ours that the page shows in English although the language has its own words for them."""
    plain, patterns = _english(language)
    said = set(page.evaluate(_SPOKEN))
    return {one for one in said if one in plain or any(pattern.fullmatch(one) for pattern in patterns)}


@lru_cache
def _english(language: str) -> tuple[frozenset[str], list[re.Pattern[str]]]:
    plain, patterns = set(), []
    for message in catalogue(language):
        forms = message.string if message.pluralizable else (message.string,)
        for sentence in message.id if message.pluralizable else (message.id,):
            fixed = re.sub(r"%\(\w+\)s|\{\w+\}|%%|\W", "", sentence)
            if not fixed or sentence in forms or not any(forms):
                continue
            if "%(" in sentence or "{" in sentence:
                if len(fixed) < ENOUGH:
                    continue
                patterns.append(re.compile(_PLACE.sub(".+", re.escape(sentence.replace("%%", "%")))))
            else:
                plain.add(sentence)
    return frozenset(plain), patterns
