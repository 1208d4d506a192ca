"""A thousand clients at once on a slot with three seats: connections first, then every request together."""

import resource
import selectors
import socket
import time
from collections import Counter
from urllib.parse import urlsplit

from bench.load import Slice, summed_up

CLIENTS = 1_000
PATIENCE_SECONDS = 60.0
BODY = b'{"patient_name": "Ada Byron", "patient_contact": "ada@example.org"}'


def burst(url: str, slot: str, *, seats: int, clients: int = CLIENTS) -> Slice:
    """One booking by each client; latency runs from a client's own send to the first bytes of its answer."""
    _allow_files(clients + 200)
    address = urlsplit(url)
    head = f"POST /api/slots/{slot}/book HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY
    place = (address.hostname or "127.0.0.1", address.port or 80)
    sockets = [socket.create_connection(place, timeout=PATIENCE_SECONDS) for _ in range(clients)]
    try:
        taken, statuses = _fire(sockets, request)
    finally:
        for each in sockets:
            each.close()
    return _judged(taken, statuses, seats=seats, clients=clients)


def _allow_files(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))


def _fire(sockets: list[socket.socket], request: bytes) -> tuple[list[float], Counter[str]]:
    waiting, sent, taken, statuses = selectors.DefaultSelector(), {}, [], Counter[str]()
    for each in sockets:
        waiting.register(each, selectors.EVENT_READ)
    for each in sockets:
        sent[each] = time.perf_counter()
        each.sendall(request)
    deadline = time.perf_counter() + PATIENCE_SECONDS
    while len(taken) < len(sockets) and time.perf_counter() < deadline:
        for key, _ in waiting.select(1.0):
            each = key.fileobj
            assert isinstance(each, socket.socket)
            statuses[_status(each)] += 1
            taken.append((time.perf_counter() - sent[each]) * 1e3)
            waiting.unregister(each)
    waiting.close()
    return taken, statuses


def _status(connection: socket.socket) -> str:
    try:
        first = connection.recv(4096).split(b" ", 2)
    except OSError:
        return "broken"
    return first[1].decode() if len(first) > 1 else "closed"


def _judged(taken: list[float], statuses: Counter[str], *, seats: int, clients: int) -> Slice:
    expected = {"201": seats, "409": clients - seats}
    if len(taken) < 2:
        return Slice(problems=["nobody was answered"])
    result = summed_up(taken, max(taken) / 1e3)
    result.statuses, result.succeeded = statuses, statuses["201"]
    if dict(statuses) != expected:
        result.problems.append(f"a burst of {clients} was answered {dict(statuses)}, not {expected}")
    return result
