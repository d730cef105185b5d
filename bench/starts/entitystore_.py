"""The shortest program that reads one order: a generated package, whose model kind is the second argument."""

import datetime
import os
import sys

orders = __import__(f"orders_{sys.argv[2]}")
created = datetime.datetime(2026, 1, 1, 9, 30, 15, 123456, tzinfo=datetime.UTC)
with orders.connect(endpoint_url=os.environ["BENCH_TLS"]) as table:
    found = table.order.get_one(customer_id=sys.argv[1], created_at=created, id="ord-00000000")
assert found.quantity == 1
