"""Names as they stand in addresses."""

import re
import unicodedata


def slug(name: str) -> str:
    """A name in small letters without accents, its words joined by hyphens; in any script."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "-", plain).strip("-")
