"""What apiflask does not say by itself in the OpenAPI document: answers, refusals, clinic, key and token."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from webapp.blueprints.api import schemas

REF = "#/components/schemas/{model}"
ANSWERS, BODY = "x-answers", "x-body"  # put on each operation by operations.py, replaced here

_TENANT = {
    "in": "header",
    "name": "X-Tenant-ID",
    "required": False,
    "description": "The clinic. Without it: the token's, or the default clinic; the ledger wants it named.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Send it again with a retry: one effect, one answer. X-Idempotency-Key is the same.",
    "schema": {"type": "string", "minLength": 3, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_NAMES_ITS_CLINIC = {("/bookings", "get"), ("/bookings/{booking_id}", "get")}
_KEYED = {("/bookings", "post"), ("/api/slots/{slot_id}/book", "post")}


def complete(spec: dict[str, Any]) -> dict[str, Any]:
    """Fill in the document that apiflask made."""
    answers = {
        name: model
        for name, model in vars(schemas).items()
        if isinstance(model, type) and issubclass(model, BaseModel) and model.__module__ == schemas.__name__
    }
    wanted = [(model, "serialization") for name, model in answers.items() if name not in spec["components"]["schemas"]]
    definitions = models_json_schema(wanted, ref_template=REF)[1]["$defs"]  # type: ignore[arg-type]
    spec["components"]["schemas"] |= {name: one for name, one in definitions.items() if name in answers}
    spec["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    spec["security"] = [{"token": []}, {}]
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            _complete_operation(path, method, operation)
    return spec


def _complete_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    for status, name in operation.pop(ANSWERS, {}).items():
        kind = "application/json" if int(status) < 400 else "application/problem+json"
        content = {kind: {"schema": {"$ref": REF.format(model=name)}}}
        operation["responses"].setdefault(str(status), {})["content"] = content
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    if optional_body := operation.pop(BODY, None):
        schema = {"$ref": REF.format(model=optional_body)}
        operation["requestBody"] = {"required": False, "content": {"application/json": {"schema": schema}}}
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            parameter["schema"]["format"] = "uuid"
    if "health" not in operation["tags"]:
        required = (path, method) in _NAMES_ITS_CLINIC
        operation.setdefault("parameters", []).append(_TENANT | {"required": required})
    if (path, method) in _KEYED:
        operation["parameters"].append(_KEY)
