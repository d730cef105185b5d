"""A small shop on the embedded engine: writes, reads, typed queries, a conditional update, a stream.

    make demo

Everything that touches DynamoDB goes through `shop_store`, which `entitystore generate` wrote from openapi.yaml.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import shop_store
from shop_store import Address, Order, OrderLine, OrderStatus, Product, ShopTable, User

from entitystore import StreamProgress, between, ge
from entitystore.errors import AlreadyExistsError, ConditionFailedError, NotFoundError
from entitystore.local import LocalEngine

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def main() -> None:
    with LocalEngine() as engine, shop_store.connect(endpoint_url=engine.endpoint_url) as table:
        title("A table from TABLE, on the embedded engine")
        table.create_table()
        say(f"{table.table_name}: key PK, SK; indexes GSI1, GSI2")
        write(table)
        read(table)
        query(table)
        one_partition(table)
        conditional_update(table)
        stream(table)
    title("Done; the engine is stopped")


def write(table: ShopTable) -> None:
    title("Writes")
    ada = User(
        id="ada",
        email="ada@example.com",
        name="Ada Lovelace",
        created_at=MONDAY,
        address=Address(street="12 St James's Square", city="London", country="GB"),
        tags={"mathematics", "engines"},
    )
    table.user.create(ada)
    say(f"created {ada.name}")
    try:
        table.user.create(ada)
    except AlreadyExistsError as error:
        say(f"created again: AlreadyExistsError: {error}")
    table.order.put_many(order(number) for number in range(1, 6))
    say("put five orders in one batch")
    table.product.put(
        Product(sku="ENGINE-1", title="Difference engine", price=Decimal("9999.90"), stock=3, category="machines")
    )
    try:
        table.user.get_one(id="bob")
    except NotFoundError as error:
        say(f"looked up bob: NotFoundError: {error}")


def order(number: int) -> Order:
    """Order `number` of Ada's, one a day."""
    line = OrderLine(sku="ENGINE-1", quantity=number, price=Decimal("9999.90"))
    return Order(
        id=f"o{number}",
        user_id="ada",
        status=OrderStatus.OPEN if number % 2 else OrderStatus.PAID,
        total=line.price * number,
        created_at=MONDAY + timedelta(days=number),
        tracking_number=f"T{number}" if number > 3 else None,
        lines=[line],
    )


def read(table: ShopTable) -> None:
    title("Reads by key")
    ada = table.user.get_one(id="ada")
    say(f"{ada.name}, {ada.address.city if ada.address else 'nowhere'}, since {ada.created_at:%A %d %B %Y}")
    say(f"find('bob') gives {table.user.find(id='bob')}; exists('ada') is {table.user.exists(id='ada')}")
    say(f"the key is {table.user.key(id='ada')}")


def query(table: ShopTable) -> None:
    title("Typed queries")
    first, last = MONDAY + timedelta(days=2), MONDAY + timedelta(days=3)
    for found in table.order.by_user_id(user_id="ada", created_at=between(first, last)):
        say(f"between Wednesday and Thursday: {found.id}, {found.total:,.2f}")
    newest = table.order.by_user_id(user_id="ada").descending().first()
    say(f"the newest order is {newest.id if newest else 'none'}")
    open_orders = table.order.by_status(status=OrderStatus.OPEN, created_at=ge(MONDAY)).all()
    say(f"open orders, by GSI1: {', '.join(found.id for found in open_orders)}")
    tracked = table.order.by_tracking_number(tracking_number="T4").first()
    say(f"tracking number T4, by the sparse GSI2: {tracked.id if tracked else 'none'}")
    page = table.order.by_user_id(user_id="ada").page(limit=2)
    rest = table.order.by_user_id(user_id="ada").page(limit=10, cursor=page.cursor)
    say(f"a page of {len(page)}, then {len(rest)} more after its cursor")


def one_partition(table: ShopTable) -> None:
    title("One partition, several entity types")
    for entity in table.query_all(user_id="ada"):
        match entity:
            case User():
                say(f"User  {entity.name}")
            case Order():
                say(f"Order {entity.id}: {entity.status.value}, {entity.total:,.2f}")


def conditional_update(table: ShopTable) -> None:
    title("A conditional update")
    stored = table.order.get_one(user_id="ada", created_at=MONDAY + timedelta(days=1), id="o1")
    stored.status = OrderStatus.SHIPPED
    table.order.update_with_condition(stored, "status = :expected", {"expected": "open"})
    say("o1 was open and is shipped now")
    try:
        table.order.update_with_condition(stored, "status = :expected", {"expected": "open"})
    except ConditionFailedError as error:
        say(f"once more: ConditionFailedError: {error}")


def stream(table: ShopTable) -> None:
    title("A stream of 200 orders, with progress")
    table.order.put_many(order(number) for number in range(6, 201))

    def show(progress: StreamProgress) -> None:
        say(f"page {progress.pages}: {progress.items} items so far")

    total = Decimal(0)
    for result in table.order.by_user_id(user_id="ada").stream(page_size=50, progress_handler=show):
        if result.item is not None:
            total += result.item.total
    say(f"all orders together: {total:,.2f}")


def title(text: str) -> None:
    print(f"\n{text}")


def say(text: str) -> None:
    print(f"  {text}")


if __name__ == "__main__":
    main()
