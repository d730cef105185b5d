"""A shop with one order, and every question that the published model answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from design_online_shop_store import (
    Address,
    Customer,
    Invoice,
    InvoiceDetail,
    OnlineShopTable,
    Order,
    OrderItem,
    Payment,
    Product,
    ProductDetail,
    Shipment,
    ShipmentItem,
    ShipmentType,
    Warehouse,
    WarehouseItem,
)

from entitystore import QueryParameters, between

Item = dict[str, dict[str, object]]
Key = tuple[str, str]

GOTEBORG = Address(country="Sweden", city="Goteborg", street="MainStreet", number="20", zip_code="41111")
BORAS = Address(country="Sweden", city="Boras", street="RiverStreet", number="20", zip_code="11111")
HOME = Address(
    country="Sweden",
    county="Vastra Gotaland",
    city="Goteborg",
    street="Slanbarsvagen",
    number="34",
    zip_code="41787",
)


def _time(day: int, hour: int, minute: int) -> datetime:
    return datetime(2020, 6, day, hour, minute, tzinfo=UTC)


SAMANEH = Customer(customer_id="12345", name="Samaneh", email="samaneh@example.com")
ALBUM = Product(
    product_id="12345", detail=ProductDetail(name="Options Open", description="An album"), price=Decimal(100)
)
BOOK = Product(product_id="99887", detail=ProductDetail(name="The Book"), price=Decimal(40))
WEST = Warehouse(warehouse_id="12345", address=GOTEBORG)
EAST = Warehouse(warehouse_id="12376", address=BORAS)
ALBUMS_WEST = WarehouseItem(product_id="12345", warehouse_id="12345", quantity=50)
BOOKS_WEST = WarehouseItem(product_id="99887", warehouse_id="12345", quantity=4)
BOOKS_EAST = WarehouseItem(product_id="99887", warehouse_id="12376", quantity=4)
ORDER = Order(order_id="12345", customer_id="12345", date_=_time(21, 19, 10))
ALBUM_ORDERED = OrderItem(
    order_id="12345", product_id="12345", customer_id="12345", date_=_time(21, 19, 18), price=Decimal(100), quantity=2
)
BOOK_ORDERED = OrderItem(
    order_id="12345", product_id="99887", customer_id="12345", date_=_time(21, 19, 20), price=Decimal(40), quantity=5
)
INVOICE = Invoice(
    order_id="12345",
    invoice_id="55443",
    customer_id="12345",
    date_=_time(21, 19, 19),
    amount=Decimal(400),
    detail=InvoiceDetail(
        payments=[Payment(type="GiftCard", amount=Decimal(100)), Payment(type="MasterCard", amount=Decimal(300))]
    ),
)
FROM_EAST = Shipment(
    order_id="12345",
    shipment_id="88899",
    warehouse_id="12376",
    address=HOME,
    type=ShipmentType.EXPRESS,
    date_=_time(22, 8, 20),
)
FROM_WEST = Shipment(
    order_id="12345",
    shipment_id="98765",
    warehouse_id="12345",
    address=HOME,
    type=ShipmentType.EXPRESS,
    date_=_time(22, 10, 20),
)
TWO_ALBUMS = ShipmentItem(
    order_id="12345", shipment_item_id="55555", shipment_id="98765", product_id="12345", quantity=2
)
THREE_BOOKS = ShipmentItem(
    order_id="12345", shipment_item_id="12345", shipment_id="98765", product_id="99887", quantity=3
)
TWO_BOOKS = ShipmentItem(
    order_id="12345", shipment_item_id="54321", shipment_id="88899", product_id="99887", quantity=2
)


def _text(value: str) -> dict[str, object]:
    return {"S": value}


def _number(value: int | Decimal) -> dict[str, object]:
    return {"N": str(value)}


def _stored(value: datetime) -> dict[str, object]:
    return _text(value.strftime("%Y-%m-%dT%H:%M:%S.000000Z"))


def _address(address: Address) -> dict[str, object]:
    fields = {
        "Country": _text(address.country),
        "City": _text(address.city),
        "Street": _text(address.street),
        "Number": _text(address.number),
        "ZipCode": _text(address.zip_code),
    }
    if address.county is not None:
        fields["County"] = _text(address.county)
    return {"M": fields}


def _keys(entity: str, table: Key, gsi1: Key | None = None, gsi2: Key | None = None) -> Item:
    """The key attributes and the type: partition and sort key of the table and of the indexes that the item is in."""
    item: Item = {"PK": _text(table[0]), "SK": _text(table[1]), "EntityType": _text(entity)}
    for name, key in (("GSI1", gsi1), ("GSI2", gsi2)):
        if key is not None:
            item[f"{name}-PK"], item[f"{name}-SK"] = _text(key[0]), _text(key[1])
    return item


def _warehouse_item(item: WarehouseItem) -> Item:
    product, warehouse = f"p#{item.product_id}", f"w#{item.warehouse_id}"
    return {
        **_keys("warehouseItem", (product, warehouse), gsi2=(warehouse, product)),
        "ProductId": _text(item.product_id),
        "WarehouseId": _text(item.warehouse_id),
        "Quantity": _number(item.quantity),
    }


def _order_item(item: OrderItem, time: str) -> Item:
    product = f"p#{item.product_id}"
    return {
        **_keys("orderItem", ("o#12345", product), gsi1=(product, time), gsi2=("c#12345", time)),
        "OrderId": _text("12345"),
        "ProductId": _text(item.product_id),
        "CustomerId": _text("12345"),
        "Date": _stored(item.date_),
        "Price": _number(item.price),
        "Quantity": _number(item.quantity),
    }


def _shipment(shipment: Shipment) -> Item:
    number, warehouse = f"sh#{shipment.shipment_id}", f"w#{shipment.warehouse_id}"
    return {
        **_keys("shipment", ("o#12345", number), gsi1=(number, number), gsi2=(warehouse, number)),
        "OrderId": _text("12345"),
        "ShipmentId": _text(shipment.shipment_id),
        "WarehouseId": _text(shipment.warehouse_id),
        "Address": _address(shipment.address),
        "Type": _text(shipment.type.value),
        "Date": _stored(shipment.date_),
    }


def _shipment_item(item: ShipmentItem) -> Item:
    keys = _keys(
        "shipmentItem",
        ("o#12345", f"shp#{item.shipment_item_id}"),
        gsi1=(f"sh#{item.shipment_id}", f"p#{item.product_id}"),
    )
    return {
        **keys,
        "OrderId": _text("12345"),
        "ShipmentItemId": _text(item.shipment_item_id),
        "ShipmentId": _text(item.shipment_id),
        "ProductId": _text(item.product_id),
        "Quantity": _number(item.quantity),
    }


INVOICE_ITEM: Item = {
    **_keys(
        "invoice",
        ("o#12345", "i#55443"),
        gsi1=("i#55443", "i#55443"),
        gsi2=("c#12345", "2020-06-21T19:19:00"),
    ),
    "OrderId": _text("12345"),
    "InvoiceId": _text("55443"),
    "CustomerId": _text("12345"),
    "Date": _text("2020-06-21T19:19:00.000000Z"),
    "Amount": _number(400),
    "Detail": {
        "M": {
            "Payments": {
                "L": [
                    {"M": {"Type": _text("GiftCard"), "Amount": _number(100)}},
                    {"M": {"Type": _text("MasterCard"), "Amount": _number(300)}},
                ]
            }
        }
    },
}

ENTITIES: list[tuple[str, object, Item]] = [
    (
        "Customer",
        SAMANEH,
        {
            **_keys("customer", ("c#12345", "c#12345")),
            "CustomerId": _text("12345"),
            "Name": _text("Samaneh"),
            "Email": _text("samaneh@example.com"),
        },
    ),
    (
        "Product",
        ALBUM,
        {
            **_keys("product", ("p#12345", "p#12345")),
            "ProductId": _text("12345"),
            "Detail": {"M": {"Name": _text("Options Open"), "Description": _text("An album")}},
            "Price": _number(100),
        },
    ),
    (
        "Product",
        BOOK,
        {
            **_keys("product", ("p#99887", "p#99887")),
            "ProductId": _text("99887"),
            "Detail": {"M": {"Name": _text("The Book")}},
            "Price": _number(40),
        },
    ),
    *(
        (
            "Warehouse",
            each,
            {
                **_keys("warehouse", (f"w#{each.warehouse_id}", f"w#{each.warehouse_id}")),
                "WarehouseId": _text(each.warehouse_id),
                "Address": _address(each.address),
            },
        )
        for each in (WEST, EAST)
    ),
    *(("WarehouseItem", each, _warehouse_item(each)) for each in (ALBUMS_WEST, BOOKS_WEST, BOOKS_EAST)),
    (
        "Order",
        ORDER,
        {
            **_keys("order", ("o#12345", "c#12345")),
            "OrderId": _text("12345"),
            "CustomerId": _text("12345"),
            "Date": _stored(ORDER.date_),
        },
    ),
    ("OrderItem", ALBUM_ORDERED, _order_item(ALBUM_ORDERED, "2020-06-21T19:18:00")),
    ("OrderItem", BOOK_ORDERED, _order_item(BOOK_ORDERED, "2020-06-21T19:20:00")),
    ("Invoice", INVOICE, INVOICE_ITEM),
    *(("Shipment", each, _shipment(each)) for each in (FROM_EAST, FROM_WEST)),
    *(("ShipmentItem", each, _shipment_item(each)) for each in (TWO_ALBUMS, THREE_BOOKS, TWO_BOOKS)),
]

MONTH = between(datetime(2020, 6, 1, tzinfo=UTC), datetime(2020, 6, 30, tzinfo=UTC))
MORNING_AFTER = between(_time(22, 0, 0), _time(22, 12, 0))

QUERIES: list[tuple[str, Callable[[OnlineShopTable], object], object]] = [
    ("a customer", lambda table: table.customer.get_one(customer_id="12345"), SAMANEH),
    ("a product", lambda table: table.product.get_one(product_id="99887"), BOOK),
    ("a warehouse", lambda table: table.warehouse.get_one(warehouse_id="12376"), EAST),
    (
        "how many of a product each warehouse has",
        lambda table: table.warehouse_item.of_product(product_id="99887").all(),
        [BOOKS_WEST, BOOKS_EAST],
    ),
    (
        "an order with all that belongs to it",
        lambda table: table.query_all(order_id="12345").all(),
        [
            ORDER,
            INVOICE,
            ALBUM_ORDERED,
            BOOK_ORDERED,
            FROM_EAST,
            FROM_WEST,
            THREE_BOOKS,
            TWO_BOOKS,
            TWO_ALBUMS,
        ],
    ),
    (
        "the products of an order",
        lambda table: table.order_item.of_order(order_id="12345").all(),
        [ALBUM_ORDERED, BOOK_ORDERED],
    ),
    ("the invoice of an order", lambda table: table.invoice.of_order(order_id="12345").all(), [INVOICE]),
    (
        "the shipments of an order, and not their items",
        lambda table: table.shipment.of_order(order_id="12345").all(),
        [FROM_EAST, FROM_WEST],
    ),
    (
        "the orders of a product within a day",
        lambda table: table.order_item.of_product(
            product_id="99887", date_=between(_time(21, 0, 0), _time(21, 23, 59))
        ).all(),
        [BOOK_ORDERED],
    ),
    ("an invoice by its number", lambda table: table.invoice.by_invoice_id(invoice_id="55443").all(), [INVOICE]),
    (
        "the payments of an invoice",
        lambda table: [
            payment.type
            for invoice in table.invoice.by_invoice_id(invoice_id="55443")
            for payment in invoice.detail.payments
        ],
        ["GiftCard", "MasterCard"],
    ),
    (
        "a shipment by its number",
        lambda table: table.shipment.by_shipment_id(shipment_id="98765").all(),
        [FROM_WEST],
    ),
    (
        "a shipment with its items",
        lambda table: table.query_all(QueryParameters(index="GSI1", partition_key="sh#98765")).all(),
        [TWO_ALBUMS, THREE_BOOKS, FROM_WEST],
    ),
    (
        "the items of a shipment",
        lambda table: table.shipment_item.of_shipment(shipment_id="98765").all(),
        [TWO_ALBUMS, THREE_BOOKS],
    ),
    (
        "the shipments of a warehouse",
        lambda table: table.shipment.of_warehouse(warehouse_id="12345").all(),
        [FROM_WEST],
    ),
    (
        "what a warehouse has",
        lambda table: table.warehouse_item.of_warehouse(warehouse_id="12345").all(),
        [ALBUMS_WEST, BOOKS_WEST],
    ),
    (
        "the invoices of a customer within a month",
        lambda table: table.invoice.of_customer(customer_id="12345", date_=MONTH).all(),
        [INVOICE],
    ),
    (
        "what a customer ordered within a month",
        lambda table: table.order_item.of_customer(customer_id="12345", date_=MONTH).all(),
        [ALBUM_ORDERED, BOOK_ORDERED],
    ),
    (
        "and on the morning after",
        lambda table: table.order_item.of_customer(customer_id="12345", date_=MORNING_AFTER).all(),
        [],
    ),
    (
        "all that a customer did within a month",
        lambda table: table.query_all(
            partition_key="c#12345", index="GSI2", sort_key=between("2020-06-01", "2020-06-30")
        ).all(),
        [ALBUM_ORDERED, INVOICE, BOOK_ORDERED],
    ),
]
