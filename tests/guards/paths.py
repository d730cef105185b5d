"""The hot paths that are guarded, on the package of examples/shop."""

from __future__ import annotations

import datetime
import json
import sys
import zlib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from entitystore import operations
from entitystore.transports import CallContext
from entitystore.transports.http1 import ResponseReader
from entitystore.transports.sigv4 import Credentials, Signer

SHOP = Path(__file__).parents[2] / "examples/shop"
if str(SHOP) not in sys.path:
    sys.path.insert(0, str(SHOP))

import shop_store  # noqa: E402
from shop_store import order_store  # noqa: E402

__all__ = ["ONE", "PAGE", "order", "order_store", "paths", "shop_store"]

PAGE_ITEMS = 100
MOMENT = datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.UTC)


def order(number: int = 0) -> shop_store.Order:
    """An order with every property set."""
    return shop_store.Order(
        id=f"o-{number}",
        user_id="u-1",
        status=shop_store.OrderStatus("paid"),
        total=Decimal("19.95"),
        created_at=MOMENT,
        tracking_number="TRACK-1",
        lines=[shop_store.OrderLine(sku="ABC-1", quantity=2, price=Decimal("9.50"))],
        note="leave it with the neighbours",
        gift=True,
    )


ITEM = order_store.encode(order())
ONE = json.dumps({"Item": ITEM}, separators=(",", ":")).encode()
_ITEMS = [order_store.encode(order(each)) for each in range(PAGE_ITEMS)]
PAGE = json.dumps({"Items": _ITEMS, "ScannedCount": PAGE_ITEMS}).encode()
ANSWER = (
    b"HTTP/1.1 200 OK\r\nServer: Server\r\nDate: Sun, 16 Feb 2025 10:00:00 GMT\r\n"
    b"Content-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\nConnection: keep-alive\r\n"
    b"x-amzn-RequestId: 9K1V2T0RJ2TR5NM2QIAV2FVHIF\r\nx-amz-crc32: %d\r\n\r\n" % (len(ONE), zlib.crc32(ONE))
) + ONE


class CannedTransport:
    """A transport whose answer is always the same."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        """The answer."""
        return self.answer

    def close(self) -> None:
        """Nothing is open."""


def paths() -> dict[str, Callable[[], object]]:
    """Each guarded path by its name."""
    codec: Any = order_store.CODEC
    entity = order()
    table = shop_store.connect(transport=CannedTransport(ONE))
    signer = Signer(Credentials("id", "secret"), "eu-west-1", "dynamodb.eu-west-1.amazonaws.com")
    reader = ResponseReader()
    return {
        "encode": lambda: operations.put(codec, "shop", entity),
        "decode one": lambda: codec.read_one(ONE),
        "decode page": lambda: codec.read_page(PAGE),
        "get": lambda: table.order.get_one(user_id="u-1", created_at=MOMENT, id="o-0"),
        "sign": lambda: signer.head("GetItem", ONE, now=1_700_000_000.0),
        "receive": lambda: reader.feed(ANSWER),
    }
