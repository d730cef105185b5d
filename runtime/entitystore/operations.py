"""Single-item operations as `Call` values.

Rules of this file:
- No IO: a function takes a codec, a table name and a key or an entity, and gives the call.
- Attribute names are aliased and values bound, also where the text of an expression is fixed.
- What a refusal means depends on the operation; that is said here (`_exists_already`), the rest in `errors.translate`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec

from entitystore.answers import check, decoder, refuse_another, written
from entitystore.client import Call
from entitystore.codec import Codec, json_bytes, type_of
from entitystore.errors import AlreadyExistsError, EntityStoreError, ServiceError, translate, with_service_details
from entitystore.expressions import Expression
from entitystore.values import Key

__all__ = ["create", "delete", "exists", "get", "get_literal", "put"]

E = TypeVar("E")
T = TypeVar("T")


def get(codec: Codec[E], table_name: str, key: Key, *, consistent: bool = False) -> Call[E]:
    """Read one entity; the answer raises NotFoundError if there is none of this type."""
    return _get(codec, table_name, key, consistent, codec.read_one, "get")


def get_literal(codec: Codec[E], table_name: str, key: Key, *, consistent: bool = False) -> Call[E]:
    """The same by a key that was not made of properties: another program may have written the item that has it."""
    return _get(codec, table_name, key, consistent, codec.read_literal, "get_by_key")


def _get(
    codec: Codec[E], table_name: str, key: Key, consistent: bool, read: Callable[[bytes], E], method: str
) -> Call[E]:
    request: dict[str, object] = {"TableName": table_name, "Key": key}
    if consistent:
        request["ConsistentRead"] = True
    return Call("GetItem", json_bytes(request), partial(_read_asked, read, key), translate, codec.entity, method)


def _read_asked(read: Callable[[bytes], T], key: Key, body: bytes) -> T:
    """What `read` makes of the answer; TransportError for the item of another key, which was somebody else's answer."""
    # Each attribute as the service writes it has to be in the answer, and its name only once: not in a map within the
    # item. Quotes in a text have backslashes in JSON, so that what the key is split at stands between attributes only.
    for attribute in json_bytes(key)[2:-2].split(b'},"'):
        if b'"' + attribute not in body or body.count(b'"' + attribute.partition(b":")[0]) > 1:
            refuse_another(key, body)
            break
    return read(body)


def exists(codec: Codec[E], table_name: str, key: Key, *, consistent: bool = False) -> Call[bool]:
    """Whether an entity of this type lies under the key; only its type attribute is read, and the key."""
    names = {"#t": codec.type_attribute} | {f"#k{place}": name for place, name in enumerate(key)}
    request = {
        "TableName": table_name,
        "Key": key,
        "ProjectionExpression": ", ".join(names),
        "ExpressionAttributeNames": names,
        "ConsistentRead": consistent,
    }

    def read(body: bytes) -> bool:
        item = _read_any(body).Item
        if item is None:
            check("GetItem", body)
        return item is not None and type_of(item, codec.type_attribute) == codec.type_name

    return Call("GetItem", json_bytes(request), partial(_read_asked, read, key), translate, codec.entity, "exists")


def put(
    codec: Codec[E],
    table_name: str,
    entity: E,
    condition: Expression | None = None,
    *,
    return_old: bool = False,
    method: str = "put",
) -> Call[None]:
    """Write the whole entity, in place of whatever lies under its key; ConditionFailedError."""
    request: dict[str, object] = {"TableName": table_name, "Item": codec.item_of(entity)}
    if condition is not None or codec.shares_keys:
        _add_condition(request, _not_foreign(codec, condition), return_old)
    return Call("PutItem", json_bytes(request), _put, translate, codec.entity, method)


def create(codec: Codec[E], table_name: str, entity: E) -> Call[None]:
    """Write the whole entity where nothing lies yet; AlreadyExistsError."""
    request: dict[str, object] = {
        "TableName": table_name,
        "Item": codec.item_of(entity),
        "ConditionExpression": "attribute_not_exists(#k)",
        "ExpressionAttributeNames": {"#k": codec.key_attributes[0]},
    }

    def refuse(error: ServiceError) -> EntityStoreError:
        if error.code == "ConditionalCheckFailedException":
            message = f"an item lies already under the key of this {codec.entity}"
            return with_service_details(AlreadyExistsError(message), error)
        return translate(error)

    return Call("PutItem", json_bytes(request), _put, refuse, codec.entity, "create")


def delete(
    codec: Codec[E],
    table_name: str,
    key: Key,
    condition: Expression | None = None,
    *,
    return_old: bool = False,
) -> Call[None]:
    """Remove what lies under the key; nothing happens if nothing does. ConditionFailedError."""
    request: dict[str, object] = {"TableName": table_name, "Key": key}
    _add_condition(request, _not_foreign(codec, condition), return_old)
    return Call("DeleteItem", json_bytes(request), _deleted, translate, codec.entity, "delete")


def _add_condition(request: dict[str, object], condition: Expression | None, return_old: bool) -> None:
    if condition is None:
        return
    request["ConditionExpression"] = condition.text
    if condition.names:
        request["ExpressionAttributeNames"] = condition.names
    if condition.values:
        request["ExpressionAttributeValues"] = condition.values
    if return_old:
        request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"


def _not_foreign(codec: Codec[E], condition: Expression | None) -> Expression | None:
    """The condition, and where keys are shared on purpose: that no other entity's item lies there."""
    if not codec.shares_keys:
        return condition
    own = "(attribute_not_exists(#ty) OR #ty = :ty)"
    names = {"#ty": codec.type_attribute}
    values: dict[str, dict[str, object]] = {":ty": {"S": codec.type_name}}
    if condition is None:
        return Expression(own, names, values)
    return Expression(f"{own} AND ({condition.text})", names | condition.names, values | condition.values)


class _GetAny(msgspec.Struct):
    Item: dict[str, object] | None = None


_read_any = decoder(_GetAny)


def _put(body: bytes) -> None:
    written("PutItem", body)


def _deleted(body: bytes) -> None:
    written("DeleteItem", body)
