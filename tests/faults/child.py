"""A child that streams orders and tells each with its cursor, until it is killed: see `processes`."""

from __future__ import annotations

import sys

from entitystore.errors import TransportError
from entitystore.transports import Credentials, HttpTransport
from tests.guards.paths import shop_store


def main() -> int:
    """Stream from a cursor to the end, with more than one stream where one fails."""
    url, table_name, worker, cursor = sys.argv[1:]
    transport = HttpTransport(url, region="eu-west-1", credentials=Credentials("id", "secret"), read_timeout=0.25)
    with shop_store.connect(transport=transport, table_name=table_name) as table:
        while True:
            query = table.order.by_user_id(user_id=worker).consistent()
            try:
                for result in query.stream(page_size=3, buffer_size=6, cursor=cursor or None):
                    assert result.item is not None
                    cursor = result.meta.cursor
                    print(result.item.id, cursor, flush=True)
                return 0
            except TransportError:
                continue


if __name__ == "__main__":
    sys.exit(main())
