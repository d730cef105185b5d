"""Python names from names that a document gives.

    order-line, OrderLine  ->  class OrderLine, module order_line
    1st-name, class, _id   ->  field_1st_name, class_, field_id

Rules of this file:
- datamodel-code-generator names first (`class_names`); what it leaves unnamed is named here in the same way, and every
  name, whoever chose it, goes through `Scope.claim`: an identifier, no keyword, nothing that generated modules use.
- Names are made in the form in which Python reads them, NFKC (PEP 3131): U+210C and H are one letter there, so that of
  two names that differ in them the second gives way. What nobody sees (fillers, selectors) is no part of a name.
- Deterministic: a clash is resolved in the order of the document by a trailing underscore.
- What a name becomes is remembered: the entities of a document have most of their properties' names in common.
"""

from __future__ import annotations

import builtins
import difflib
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

from msgspec import Struct, field

__all__ = [
    "IGNORABLE",
    "RESERVED_CLASSES",
    "RESERVED_ENTITIES",
    "RESERVED_FIELDS",
    "RESERVED_PARAMETERS",
    "Scope",
    "did_you_mean",
    "fold",
    "function_stem",
    "has_no_case",
    "identifier",
    "index_constants",
    "pascal_case",
    "readable",
    "reserved_members",
    "snake_case",
    "words",
]

_WORD_BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORD = re.compile(r"\W+")
IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""What is out of sight though it is printable: Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties."""


def words(text: str) -> frozenset[str]:
    """The words of a text, for long sets of names."""
    return frozenset(text.split())


_PYDANTIC = words(
    """construct copy dict fields from_orm json model_computed_fields model_config model_construct model_copy
    model_dump model_dump_json model_extra model_fields model_fields_set model_json_schema
    model_parametrized_name model_post_init model_rebuild model_validate model_validate_json
    model_validate_strings parse_file parse_obj parse_raw schema schema_json update_forward_refs validate"""
)
_TYPES = words("bool bytes date datetime dict float int list object set str tuple type")

RESERVED_FIELDS = _PYDANTIC | (_TYPES - {"type"}) | {"self", "cls", "field"}
"""Class bodies evaluate annotations and `field(...)`; a field of such a name would stand for itself there."""

RESERVED_PARAMETERS = words(
    """key encode decode consistent condition values names deadline return_old between begins_with gt ge lt le
    partition_key sort_key keys entity isinstance"""
)
"""Fields that a key names become parameters, beside those that a store's methods have."""

_MEMBERS = frozenset({"name", "value", "mro"})

RESERVED_CLASSES = words(
    """AfterValidator Annotated Any Async AsyncClient AsyncMergedQuery AsyncQuery AsyncStore AsyncStream AsyncTable
    AsyncTransport AttributeValue Aware AwareDatetime B BaseModel BATCH_DEADLINE BOOL BS Client CODEC Codec
    Condition ConfigDict CursorKey Decimal Document Enum ExpirySeconds Field Final Generic HttpOptions INDEX_MAPS
    IndexDefinition IndexMapRegistry IntEnum Item Iterable Iterator Key KeyAttribute KeySelection L Literal M
    Mapping MergedQuery MixedCodec N NoMatch NS OptionalB OptionalBOOL OptionalBS OptionalL OptionalM OptionalN
    OptionalNS OptionalS OptionalSS Prefix PRIMARY Query QueryParameters Raw S Self Sequence SortCondition SS
    StorageManager Store Stream StrEnum Struct TABLE Table TableDefinition Tagged Transport TypeAlias TypedDict
    TypeRegistry TYPES TypeVar Union Unpack UNSET UnsetType UUID ValidationError"""
) | frozenset(name for name in dir(builtins) if name[0].isupper())
"""Names that generated modules import or define, and Python's own classes and exceptions. Async has an AsyncStore."""

RESERVED_ENTITIES = words(
    """client close codecs connect connect_async create_table definition delete_table models name observe query
    query_all registry stores stream table table_name transact transport"""
)
"""Attributes of a table object, and modules of a package."""


def reserved_members(values: Collection[str | int]) -> frozenset[str]:
    """What members of these values may not be called: they would hide attributes of Enum, and of str or int."""
    base = str if any(isinstance(value, str) for value in values) else int
    return _MEMBERS | frozenset(dir(base))


def fold(name: str) -> str:
    """`name` without case and underscores, which is how the Go tool's specs write macros."""
    return name.replace("_", "").casefold()


def readable(name: str) -> str:
    """`name` as Python reads it (NFKC), less what nobody sees."""
    if name.isascii():
        return name
    while (read := unicodedata.normalize("NFKC", IGNORABLE.sub("", name))) != name:
        name = read
    return name


def has_no_case(name: str) -> bool:
    """True for a name that is written alike as a class and as a property: `名前`."""
    return not name.isascii() and name.lower() == name.upper()


@lru_cache(maxsize=8192)
def snake_case(name: str) -> str:
    """`OrderLine`, `order-line` -> `order_line`; `HTTPLog` -> `http_log`. May be no identifier."""
    words = _NOT_WORD.sub("_", _WORD_BREAK.sub("_", readable(name)))
    return readable(re.sub("__+", "_", words).strip("_").lower())


@lru_cache(maxsize=8192)
def function_stem(class_name: str) -> str:
    """What the functions of a class are called after: `OrderLine` -> `order_line`, `None_` -> `none_`."""
    return readable(_WORD_BREAK.sub("_", class_name).lower())


@lru_cache(maxsize=8192)
def pascal_case(name: str) -> str:
    """`order-line`, `order_line` -> `OrderLine`; capitals within a word stay: `HTTPLog`."""
    words = [word for word in re.split(r"[\W_]+", readable(name)) if word]
    return readable("".join(word[0].upper() + word[1:] for word in words))


@lru_cache(maxsize=8192)
def identifier(name: str, prefix: str = "field") -> str:
    """`name` with what an identifier cannot hold replaced; never empty, never with an underscore in front."""
    clean = readable(_NOT_WORD.sub("_", readable(name)))
    clean = "".join(character for character in clean if ("a" + character).isidentifier()) or prefix
    if clean.startswith("_") or not clean.isidentifier():
        clean = f"{prefix}_{clean.lstrip('_')}"
    return clean


class Scope(Struct):
    """The names of one namespace. `reserved` are taken by what is generated around it."""

    reserved: Collection[str] = ()
    prefix: str = "field"
    _taken: set[str] = field(default_factory=set)

    def claim(self, wanted: str) -> str:
        """A name of this scope's own: `wanted`, or with underscores added until it is free."""
        name = identifier(wanted, self.prefix)
        while not self.is_free(name):
            name += "_"
        self._taken.add(name)
        return name

    def is_free(self, name: str) -> bool:
        """True where `name` may be claimed as it is."""
        return not (keyword.iskeyword(name) or name in self.reserved or name in self._taken)


@lru_cache(maxsize=64)
def index_constants(names: tuple[str, ...]) -> dict[str, str]:
    """The constants of `definition.py` by the names of the indexes: `GSI1`; `PRIMARY` for the table's own key."""
    scope = Scope(RESERVED_CLASSES, "INDEX")
    return {"": "PRIMARY"} | {name: scope.claim(re.sub(r"\W", "_", name).upper()) for name in names}


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint that names what is near to `name`; what is known if nothing is near and it is few."""
    choices = sorted(set(known))
    by_fold = {fold(choice): choice for choice in reversed(choices)}
    near = difflib.get_close_matches(fold(name), by_fold, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(by_fold[each] for each in near)}?"
    if choices and len(choices) <= 12:
        return f"it has: {', '.join(choices)}"
    return otherwise
