"""Two accounts, their users and invoices, two products."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from design_accounts_store import Account, Address, Invoice, Product, Role, TestOverviewTable, User

from entitystore import begins_with, between
from entitystore.errors import ValidationError

Item = dict[str, dict[str, object]]

ACME = Account(id="01ARZ3NDEKTSV4RRFFQ69G5FAA", name="Acme Rockets", balance=Decimal("10.99"))
OTHER = Account(id="01ARZ3NDEKTSV4RRFFQ69G5FBB", name="Beep")
RUNNER = User(
    account_id=ACME.id,
    id="01ARZ3NDEKTSV4RRFFQ69G5FCC",
    name="Road Runner",
    email="roadrunner@acme.com",
    role=Role.ADMIN,
    balance=Decimal(110),
    address=Address(zip="98034"),
)
COYOTE = User(account_id=ACME.id, id="01ARZ3NDEKTSV4RRFFQ69G5FDD", name="Coyote", email="coyote@acme.com")
NAMESAKE = User(account_id=OTHER.id, id="01ARZ3NDEKTSV4RRFFQ69G5FEE", name="Coyote", email="coyote@beep.com")
ROCKET = Product(id="01ARZ3NDEKTSV4RRFFQ69G5FFF", name="rocket", price=Decimal("10.99"))
SKATES = Product(id="01ARZ3NDEKTSV4RRFFQ69G5FGG", name="rocket skates", price=Decimal(25))


def _invoice(number: str, account: Account, month: int) -> Invoice:
    return Invoice(
        account_id=account.id,
        id=f"01ARZ3NDEKTSV4RRFFQ69G5F{number}",
        date_=datetime(2023, month, 15, 12, 0, 0, 123456, tzinfo=UTC),
        product="rocket",
        count=1,
        total=Decimal("10.99"),
    )


MARCH, APRIL, BEEPS = _invoice("HH", ACME, 3), _invoice("JJ", ACME, 4), _invoice("KK", OTHER, 4)


def _item(entity: str, keys: tuple[str, str, str, str], texts: dict[str, str], numbers: dict[str, str]) -> Item:
    item: Item = {name: {"S": text} for name, text in zip(("pk", "sk", "gs1pk", "gs1sk"), keys, strict=True)}
    item |= {"_type": {"S": entity}}
    item |= {name: {"S": text} for name, text in texts.items()}
    item |= {name: {"N": number} for name, number in numbers.items()}
    return item


def _account(account: Account) -> Item:
    keys = (f"account#{account.id}", "account#", "account#", f"account#{account.name}{account.id}")
    return _item("Account", keys, {"id": account.id, "name": account.name}, {"balance": str(account.balance)})


def _user(user: User) -> Item:
    keys = (f"account#{user.account_id}", f"user#{user.email}", "user#", f"user#{user.name}#{user.id}")
    texts = {
        "accountId": user.account_id,
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "role": user.role.value,
        "status": user.status.value,
    }
    item = _item("User", keys, texts, {"balance": str(user.balance)})
    if user.address is not None:
        item["address"] = {"M": {"zip": {"S": user.address.zip}}}
    return item


def _product(product: Product) -> Item:
    keys = (f"product#{product.id}", "product#", "product#", f"product#{product.name}#{product.id}")
    return _item("Product", keys, {"id": product.id, "name": product.name}, {"price": str(product.price)})


def _invoice_item(invoice: Invoice) -> Item:
    day = f"2023-{invoice.date_:%m}-15T12:00:00.123"
    keys = (f"account#{invoice.account_id}", f"invoice#{invoice.id}", "invoice#", f"invoice#{day}Z#{invoice.id}")
    texts = {"accountId": invoice.account_id, "id": invoice.id, "date": f"{day}456Z", "product": "rocket"}
    return _item("Invoice", keys, texts, {"count": "1", "total": "10.99"})


ENTITIES: list[tuple[str, object, Item]] = [
    *(("Account", each, _account(each)) for each in (ACME, OTHER)),
    *(("User", each, _user(each)) for each in (RUNNER, COYOTE, NAMESAKE)),
    *(("Product", each, _product(each)) for each in (ROCKET, SKATES)),
    *(("Invoice", each, _invoice_item(each)) for each in (MARCH, APRIL, BEEPS)),
]


def pay(table: TestOverviewTable) -> list[User]:
    """A balance changes only from what was read; whoever has more than a hundred is found by a filter."""
    paid = replace(COYOTE, balance=COYOTE.balance + 200)
    table.user.update_with_condition(paid, "balance = :old", {"old": COYOTE.balance})
    return table.user.of_account(account_id=ACME.id).where("balance > :least", {"least": Decimal(100)}).all()


def refused(table: TestOverviewTable) -> list[str]:
    """Numbers that are no ULID, names that hold the delimiter."""
    found: list[str] = []
    for account in (replace(ACME, id="1"), replace(ACME, name="Acme#1")):
        with pytest.raises(ValidationError) as caught:
            table.account.put(account)
        found.append(caught.value.field)
    return found


QUERIES: list[tuple[str, Callable[[TestOverviewTable], object], object]] = [
    ("an account", lambda table: table.account.get_one(id=ACME.id), ACME),
    (
        "a user of an account",
        lambda table: table.user.get_one(account_id=ACME.id, email="roadrunner@acme.com"),
        RUNNER,
    ),
    ("users by name, in all accounts", lambda table: table.user.by_name(name="Coyote").all(), [COYOTE, NAMESAKE]),
    ("users whose name begins so", lambda table: table.user.by_name(name=begins_with("Road")).all(), [RUNNER]),
    ("the users of an account", lambda table: table.user.of_account(account_id=ACME.id).all(), [COYOTE, RUNNER]),
    (
        "its administrators",
        lambda table: table.user.of_account(account_id=ACME.id).where("role = :role", {"role": "admin"}).all(),
        [RUNNER],
    ),
    (
        "an account with its users and invoices",
        lambda table: table.query_all(partition_key=f"account#{ACME.id}").all(),
        [ACME, MARCH, APRIL, COYOTE, RUNNER],
    ),
    (
        "users page by page",
        lambda table: [len(_page(table, None)), len(_page(table, _cursor(table)))],
        [2, 1],
    ),
    (
        "invoices of a month, in all accounts",
        lambda table: table.invoice.by_date(
            date_=between(datetime(2023, 4, 1, tzinfo=UTC), datetime(2023, 4, 30, tzinfo=UTC))
        ).all(),
        [APRIL, BEEPS],
    ),
    ("every account", lambda table: table.account.by_name().all(), [ACME, OTHER]),
    (
        "accounts whose name begins so",
        lambda table: table.account.by_name(name=begins_with("Acme")).all(),
        [ACME],
    ),
    ("every user", lambda table: table.user.by_name().count(), 3),
    ("every invoice, the latest first", lambda table: table.invoice.by_date().descending().first(), BEEPS),
    (
        "a product, and not what its name begins with",
        lambda table: table.product.by_name(name="rocket").all(),
        [ROCKET],
    ),
    ("a payment", pay, [replace(COYOTE, balance=Decimal(200)), RUNNER]),
    ("what is refused", refused, ["id", "name"]),
]


def _page(table: TestOverviewTable, cursor: str | None) -> list[User]:
    return list(table.user.by_name().page(limit=2, cursor=cursor).items)


def _cursor(table: TestOverviewTable) -> str | None:
    return table.user.by_name().page(limit=2).cursor
