"""Which site a web address belongs to, as browsers compare it: scheme, host and port."""

import re
from urllib.parse import urlsplit

import idna

from webapp.core.errors import N_, InvalidInput
from webapp.rules.addresses import is_loopback_name

_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")


def site_origin(address: str) -> str:
    """The origin of a site, from its name or the address of any of its pages.

    No wildcards: a host of somebody else's would come in with them. Raises InvalidInput.
    """
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host = idna.encode(parts.hostname or "", uts46=True).decode()  # as browsers do: an older rule made ß to ss
        port = parts.port
    except ValueError:
        raise _not_a_site(address) from None
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host):
        raise _not_a_site(address)
    if parts.scheme == "http" and not is_loopback_name(host):
        raise InvalidInput(
            N_("“%(site)s” is not encrypted, so what patients type could be read on the way. Use its https address."),
            site=address,
        )
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != _PORTS[parts.scheme] else "")


def _not_a_site(address: str) -> InvalidInput:
    return InvalidInput(
        N_("“%(site)s” is not the address of a site. Enter one such as https://www.clinic.example."), site=address
    )
