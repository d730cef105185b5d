"""The shortest program that reads one order with pydynox; the model has the attributes that it needs for that."""

import os
import sys

from pydynox import Model, ModelConfig
from pydynox.attributes import NumberAttribute, StringAttribute
from pydynox.client import DynamoDBClient


class Order(Model):
    model_config = ModelConfig(table="orders", client=DynamoDBClient(endpoint_url=os.environ["BENCH_TLS"]))
    PK = StringAttribute(partition_key=True)
    SK = StringAttribute(sort_key=True)
    quantity = NumberAttribute()


found = Order.sync_get(PK=f"CUSTOMER#{sys.argv[1]}", SK="ORDER#2026-01-01T09:30:15.123456Z#ord-00000000")
assert found is not None
assert found.quantity == 1
