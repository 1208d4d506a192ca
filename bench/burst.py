"""A thousand clients at once on a slot with three seats: connections first, then every request together."""

import re
import resource
import selectors
import socket
import time
from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlsplit

from bench.load import Slice, Target, summed_up

CLIENTS = 1_000
PATIENCE_SECONDS = 60.0
BODY = b'{"patient_name": "Ada Byron", "patient_contact": "ada@example.org"}'
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
BOOKED = re.compile(rb'"id": ?"([0-9a-f-]+)"')


def burst(target: Target, slot: str, *, seats: int, clients: int = CLIENTS) -> Slice:
    """One booking by each client; latency runs from a client's own send to the first bytes of its answer."""
    _allow_files(clients + 200)
    address = urlsplit(target.url)
    request = _request(f"POST /api/slots/{slot}/book", {"Host": address.netloc, **target.headers})
    place = (address.hostname or "127.0.0.1", address.port or 80)
    sockets = [socket.create_connection(place, timeout=PATIENCE_SECONDS) for _ in range(clients)]
    try:
        taken, answers = _fire(sockets, request)
    finally:
        for each in sockets:
            each.close()
    return _judged(taken, answers, seats=seats, clients=clients)


def _request(line: str, headers: Mapping[str, str]) -> bytes:
    own = {"Content-Type": "application/json", "Content-Length": str(len(BODY))}
    head = "".join(f"{name}: {value}\r\n" for name, value in {**headers, **own}.items())
    return f"{line} HTTP/1.1\r\n{head}\r\n".encode() + BODY


def _allow_files(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))


def _fire(sockets: list[socket.socket], request: bytes) -> tuple[list[float], list[bytes]]:
    """Milliseconds until each answer came, and the answers."""
    waiting, sent, taken, answers = selectors.DefaultSelector(), {}, [], []
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
            taken.append((time.perf_counter() - sent[each]) * 1e3)
            answers.append(_answer(each))
            waiting.unregister(each)
    waiting.close()
    return taken, answers


def _answer(connection: socket.socket) -> bytes:
    """The whole answer: head and body may come one after the other."""
    told = b""
    try:
        while not _is_whole(told) and (more := connection.recv(4096)):
            told += more
    except OSError:
        return b"HTTP/1.1 broken "
    return told


def _is_whole(told: bytes) -> bool:
    head, end, body = told.partition(b"\r\n\r\n")
    length = LENGTH.search(head)
    return bool(end) and (length is None or len(body) >= int(length[1]))


def _status(answer: bytes) -> str:
    parts = answer.split(b" ", 2)
    return parts[1].decode() if len(parts) > 1 else "closed"


def _judged(taken: list[float], answers: list[bytes], *, seats: int, clients: int) -> Slice:
    expected = {"201": seats, "409": clients - seats}
    statuses = Counter(map(_status, answers))
    if len(taken) < 2:
        return Slice(problems=["nobody was answered"])
    result = summed_up(taken, max(taken) / 1e3)
    result.statuses, result.succeeded = statuses, statuses["201"]
    made = [BOOKED.search(answer) for answer in answers if _status(answer) == "201"]
    result.booked = [found[1].decode() if found else "?" for found in made]
    if dict(statuses) != expected:
        result.problems.append(f"a burst of {clients} was answered {dict(statuses)}, not {expected}")
    return result
