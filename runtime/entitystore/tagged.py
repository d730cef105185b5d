"""Classes of msgspec that a tag chooses among others: the tag is msgspec's own, and a property to read as well.

    class Cat(Tagged, kw_only=True, tag_field="kind", tag="cat"):
        kind: Literal["cat"]
        size: str | None = None

    Cat(kind="cat").kind == "cat"        msgspec.json.decode('{"kind": "cat"}', type=Cat | Dog)

Rules of this file:
- msgspec reads a union of structs by tags alone, and a tag of its kind is no field: it is taken out of the fields, and
  is an attribute of the class, which no object can change.
- The constructor takes it as the other kinds of classes do, and refuses another value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, StructMeta

from entitystore.errors import ValidationError

__all__ = ["Tagged"]


class _TaggedMeta(StructMeta):
    """Makes the field that is named as the tag an attribute of the class."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        tag_field = options.get("tag_field")
        if tag_field is not None:
            renamed = options.get("rename") or {}
            own = next(each for each in namespace["__annotations__"] if renamed.get(each, each) == tag_field)
            del namespace["__annotations__"][own]
            namespace[own] = options["tag"]
            namespace["__tag_name__"] = own
        return super().__new__(mcls, name, bases, namespace, **options)

    if not TYPE_CHECKING:  # type checkers have it from the fields

        def __call__(cls, *values, **named):
            tag = named.pop(cls.__tag_name__, cls.__struct_config__.tag)
            if tag != cls.__struct_config__.tag:
                reason = f"of a {cls.__name__} is always {cls.__struct_config__.tag!r}"
                raise ValidationError(cls.__tag_name__, reason)
            return super().__call__(*values, **named)


class Tagged(Struct, metaclass=_TaggedMeta):
    """The base of classes with a tag; made with `tag_field` and `tag`, and a field of that name."""
