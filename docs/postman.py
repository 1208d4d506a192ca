"""Keep of a generated Postman collection what people use: the requests, not the made-up answers and random ids."""

import json
import sys
from pathlib import Path
from typing import Any


def tidy(item: dict[str, Any]) -> dict[str, Any]:
    for generated in ("id", "_postman_id", "response", "protocolProfileBehavior"):
        item.pop(generated, None)
    item["item"] = [tidy(child) for child in item.get("item", []) if child.get("item") != []]
    return {name: value for name, value in item.items() if value != []}


source, target = map(Path, sys.argv[1:])
collection = json.loads(source.read_text())
collection["info"].pop("_postman_id", None)
collection["variable"] = [{"key": "baseUrl", "value": "http://127.0.0.1:3000"}]
target.write_text(json.dumps(tidy(collection), indent=1, ensure_ascii=False) + "\n")
