"""What templates see: frozen values in which every string is decided.

Rules of this file:
- A string here is either an identifier, a finished expression or statement, or text that went through `emit.source`.
  What stands within quotes or in a comment of a template is a `Name`; docstrings and comments come whole.
- Templates lay these out; they decide nothing but layout.
"""

from __future__ import annotations

from msgspec import Struct

from entitystore_generator.config import ModelKind
from entitystore_generator.emit.codecs import UnionCodec
from entitystore_generator.emit.keys import TextFunction
from entitystore_generator.emit.source import Comment, Docstring, Name

__all__ = [
    "ArgumentView",
    "CodecsView",
    "CollectionView",
    "EnumView",
    "FieldView",
    "FinderView",
    "ModelView",
    "ModelsView",
    "ObjectCodecView",
    "OverloadView",
    "StoreView",
    "TableView",
]


class EnumView(Struct, frozen=True):
    """An enum class: `base` is StrEnum or IntEnum, or pydantic's form of it; members are (name, literal).

    `words` is a dict of what its JSON Schema says, for pydantic; or "".
    """

    name: Name
    base: str
    docstring: Docstring
    members: tuple[tuple[str, str], ...]
    is_enum: bool = True
    words: str = ""


class FieldView(Struct, frozen=True):
    """One line of a class: `name: annotation` and what follows (` = None`), with a comment above or none."""

    name: str
    annotation: str
    default: str
    comment: Comment


class ModelView(Struct, frozen=True):
    """An entity class or a class inside of one. `options` are its base and arguments; `config` is pydantic's, or ""."""

    name: Name
    docstring: Docstring
    options: str
    fields: tuple[FieldView, ...]
    is_enum: bool = False
    config: str = ""


class ModelsView(Struct, frozen=True):
    """`models.py`."""

    header: Comment
    imports: tuple[str, ...]
    kind: str
    classes: tuple[EnumView | ModelView, ...]


class ObjectCodecView(Struct, frozen=True):
    """The codec of one class: struct of the stored form, both functions, and its checks.

    `leaves` are (name, annotation and default); `given` are constructor arguments (name, expression); `written` are
    statements that add to the item, an entity's with its checks among them; `checks` are those of an object inside.
    `constructor` makes a pydantic object of a dict, and `size` is how many properties one has. `class_expression` is
    what the class goes by in this module.
    """

    class_name: Name
    class_expression: str
    struct: str
    from_name: str
    to_name: str
    argument: Name
    docstring: Docstring
    leaves: tuple[tuple[str, str], ...]
    given: tuple[tuple[Name, str], ...]
    checks: tuple[str, ...]
    written: tuple[str, ...]
    check_name: str
    kind: ModelKind
    constructor: str
    size: str


class CodecsView(Struct, frozen=True):
    """`codecs.py`: codecs of classes that are no entities. `constants` are (name, expression)."""

    header: Comment
    imports: tuple[str, ...]
    constants: tuple[tuple[str, str], ...]
    unions: tuple[UnionCodec, ...]
    objects: tuple[ObjectCodecView, ...]


class ArgumentView(Struct, frozen=True):
    """An argument of `key` and of finders."""

    name: str
    annotation: str


class OverloadView(Struct, frozen=True):
    """One allowed way to call a finder: arguments as `name: annotation`."""

    arguments: tuple[str, ...]


class FinderView(Struct, frozen=True):
    """A finder: its selection function with its statements, and its overloads.

    `shard` is the selection's argument for a shard's text, "" if there are none; `shards` gives the texts of all.
    `query` is the class of what the finder gives. `keys` is the selection's docstring, `quoted` the name as a literal.
    """

    name: str
    quoted: str
    function: str
    index: str
    keys: Docstring
    docstring: Docstring
    overloads: tuple[OverloadView, ...]
    arguments: tuple[str, ...]
    passed: tuple[str, ...]
    lines: tuple[str, ...]
    shard: str
    shards: str
    query: str


class KeyComparisonView(Struct, frozen=True):
    """`compare_keys`: stored keys beside those that this package writes. A store has one, or none.

    `skipped` tells the indexes that nothing is compared of, "" if there is none. `texts` are made for a whole page;
    `names` and `sources` are those of the loop over its items, `lines` its body.
    """

    skipped: str
    texts: tuple[str, ...]
    names: str
    sources: str
    lines: tuple[str, ...]


class StoreView(Struct, frozen=True):
    """`<entity>_store.py`."""

    header: Comment
    imports: tuple[str, ...]
    docstring: Docstring
    class_name: Name
    noun: Name
    a_noun: Name
    store: str
    key_class: str
    type_name: str
    type_attribute: str
    shares_keys: bool
    key_arguments: tuple[ArgumentView, ...]
    key_parameters: tuple[str, ...]
    key_passed: str
    consistent: str
    condition: str
    values: str
    names: str
    key_lines: tuple[str, ...]
    key_docstring: Docstring
    key_attributes: tuple[str, ...]
    fetched: tuple[str, ...]
    constants: tuple[tuple[str, str], ...]
    texts: tuple[TextFunction, ...]
    unions: tuple[UnionCodec, ...]
    codec: ObjectCodecView
    comparisons: tuple[KeyComparisonView, ...]
    finders: tuple[FinderView, ...]


class CollectionView(Struct, frozen=True):
    """An overload of `query_all`: the properties that name a partition, and the entities that lie in it.

    `index` is the literal of the index's name, "" for the table; `partition` the expression of the partition key.
    `members` are the classes of the entities, `alias` the name of their union.
    """

    index: str
    arguments: tuple[ArgumentView, ...]
    alias: Name
    members: tuple[str, ...]
    partition: str


class TableView(Struct, frozen=True):
    """`definition.py`, `table.py` and `__init__.py`.

    `entities` are (snake name, class, store class); `type_names` (literal, snake name); `classes` those of models.py.
    """

    header: Comment
    imports: tuple[str, ...]
    docstring: Docstring
    table_class: Name
    union_name: Name
    package_name: str
    entities: tuple[tuple[Name, Name, Name], ...]
    entity_classes: tuple[str, ...]
    modules: tuple[str, ...]
    classes: tuple[Name, ...]
    definition: str
    index_constants: tuple[tuple[Name, str], ...]
    index_maps: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    type_names: tuple[tuple[str, str], ...]
    collections: tuple[CollectionView, ...]
    collection_arguments: tuple[ArgumentView, ...]
