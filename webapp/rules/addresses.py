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
