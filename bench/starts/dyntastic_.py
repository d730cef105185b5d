"""The shortest program that reads one order with dyntastic; the model has the attributes that it needs for that."""

import os
import sys

from dyntastic import Dyntastic


class Order(Dyntastic):
    __table_name__ = "orders"
    __table_host__ = os.environ["BENCH_TLS"]
    __hash_key__ = "PK"
    __range_key__ = "SK"
    PK: str
    SK: str
    quantity: int


found = Order.get(f"CUSTOMER#{sys.argv[1]}", "ORDER#2026-01-01T09:30:15.123456Z#ord-00000000")
assert found.quantity == 1
