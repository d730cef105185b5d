"""The shortest program that reads one order with PynamoDB; the model has the attributes that it needs for that."""

import os
import sys

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model


class Order(Model):
    class Meta:
        table_name = "orders"
        host = os.environ["BENCH_TLS"]
        region = "eu-west-1"

    PK = UnicodeAttribute(hash_key=True)
    SK = UnicodeAttribute(range_key=True)
    quantity = NumberAttribute()


found = Order.get(f"CUSTOMER#{sys.argv[1]}", "ORDER#2026-01-01T09:30:15.123456Z#ord-00000000")
assert found.quantity == 1
