"""A link as a picture for another telephone's camera."""

import segno
from flask_babel import gettext as _
from markupsafe import Markup


def qr_code(address: str) -> Markup:
    """An SVG element, dark on light whatever the page's colours: cameras do not read it the other way round."""
    drawn = segno.make(address, error="m", micro=False)
    picture = drawn.svg_inline(omitsize=True, light="#fff", svgclass="qr", lineclass=None)
    words = Markup('<svg role="img" aria-label="{}"').format(_("QR code of the link to this page"))
    return Markup(picture.replace("<svg", words, 1))  # noqa: S704 - drawn by segno; of the address it holds only dots
