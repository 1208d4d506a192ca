"""Messages without a mail server: told so, shown by the demo, or sent as text messages."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO

from tests.jobs.conftest import BY, send
from webapp.core.mail import ConsolePost, NoPost
from webapp.core.sms import ConsoleSms, HttpSms
from webapp.services.booking import book
from webapp.services.patients import add_patient


def test_without_a_mail_server_it_says_so(within, booked, log):
    send(NoPost())
    assert log() == [("CONFIRMATION", "FAILED", "not set up")]


def test_the_demo_shows_what_it_would_send(within, booked, log):
    shown = StringIO()
    send(ConsolePost(shown))
    assert "To: pat@mail.example" in shown.getvalue()
    assert "/visit/" in shown.getvalue()
    assert log() == [("CONFIRMATION", "SENT", None)]


def test_by_sms_where_there_is_no_mail(app, within, log):
    add = add_patient(full_name="Bo Lee", phone="+4930901821")
    book(slot_id=within.slot(), patient_id=add, **BY)
    shown = StringIO()
    with app.app_context():
        send(NoPost(), ConsoleSms(shown))
    assert "To: +4930901821" in shown.getvalue()
    assert log() == [("CONFIRMATION", "SENT", None)]


def test_a_gateway_gets_the_key_and_says_what_it_thinks():
    seen, answers = [], iter([503, 200, 400])

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.headers["Idempotency-Key"], self.headers["Authorization"], json.loads(body)))
            self.send_response(next(answers))
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Gateway) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        gateway = HttpSms(f"http://127.0.0.1:{server.server_port}/messages", "token", timeout=5)
        errors = []
        for _ in range(3):
            try:
                gateway.send(to="+49301", text="Hello", key="k1")
            except Exception as error:
                errors.append((type(error).__name__, str(error)))
        server.shutdown()
    assert seen == [("k1", "Bearer token", {"to": "+49301", "text": "Hello"})] * 3
    assert errors == [("Delayed", "503"), ("Refused", "400")]
