"""Names and addresses of hosts."""

import ipaddress


def is_loopback_name(host: str) -> bool:
    """Does this host name or address, an IPv6 one with or without brackets, mean the machine itself?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def network(remote: str) -> str:
    """Who shares limits with this address: itself alone, or the 64 bits of an IPv6 one that a household or a site has:
    within them each browser has as many addresses as it likes.
    """
    try:
        known = ipaddress.ip_address(remote)
    except ValueError:
        return remote
    if known.version == 4:
        return str(known)
    return str(known.ipv4_mapped or ipaddress.ip_network((known.packed, 64), strict=False))
