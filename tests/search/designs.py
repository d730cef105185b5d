"""Random documents: what their keys are made of, as values and as text.

Rules of this file:
- A key pair stands on lines of its own, so that a fault of it is found by its line and the pair is left out.
- Every entity has a `tenant` of few values, which most partitions are named by.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, TypeAlias

from tests.search.kinds import KINDS, TEXT, Kind, Part, of, shard

__all__ = ["Component", "Design", "Entity", "Keys", "Property", "random_design"]

SEPARATORS = ["#", "#", "#", "", "", "|", "-", "~", "_", "##", "#x#", "/", "!"]
LEADS = ["", "", "A#", "AB#", "A", "B#", "#"]
TENANT = Kind("tenant", '{type: string, pattern: "^[a-c]$"}', of("a", "b"), of("a", "b", "c"), (TEXT,))


@dataclass(frozen=True, slots=True)
class Property:
    """`name` is the wire's; a nested one is inside of the object `place`."""

    name: str
    kind: Kind
    required: bool = True
    nested: bool = False

    @property
    def macro(self) -> str:
        return f"place.{self.name}" if self.nested else self.name

    @property
    def argument(self) -> str:
        return f"place_{self.name}" if self.nested else self.name


@dataclass(frozen=True, slots=True)
class Component:
    """One macro of a template."""

    property: Property
    part: Part

    def __str__(self) -> str:
        return f"{{{self.property.macro}{self.part.macro}}}"


Template: TypeAlias = tuple[str | Component, ...]


def components(template: Template) -> list[Component]:
    return [part for part in template if isinstance(part, Component)]


def source(template: Template) -> str:
    return "".join(str(part) for part in template)


@dataclass(frozen=True, slots=True)
class Keys:
    """A key pair of one entity. `index` is "" for the table's own."""

    index: str
    partition: Template
    sort: Template

    def __str__(self) -> str:
        return f"{self.index or 'table'}: {source(self.partition)}, {source(self.sort)}"


@dataclass(slots=True)
class Entity:
    """A schema. `keys[0]` are the table's."""

    name: str
    properties: list[Property]
    keys: list[Keys]


@dataclass(slots=True)
class Design:
    """A document. `lines` says which key pair stands on a line."""

    entities: list[Entity]
    indexes: dict[str, str]
    table: str = "partition-key: PK, sort-key: SK"
    lines: dict[int, tuple[Entity, Keys]] = field(default_factory=dict)

    def text(self) -> str:
        """The document; notes the lines."""
        self.lines.clear()
        used = {keys.index for entity in self.entities for keys in entity.keys}
        indexes = ", ".join(f"{name}: {{{what}}}" for name, what in self.indexes.items() if name in used)
        lines = [
            "openapi: 3.1.0",
            'info: {title: Search, version: "1"}',
            "paths: {}",
            f"x-dynamodb-table: {{name: search, {self.table}, indexes: {{{indexes}}}}}",
            "components:",
            "  schemas:",
        ]
        for entity in self.entities:
            self._entity(entity, lines)
        return "\n".join(lines) + "\n"

    def _entity(self, entity: Entity, lines: list[str]) -> None:
        required = ", ".join(each.name for each in entity.properties if each.required and not each.nested)
        queries = ", ".join(f"find_{keys.index.lower() or 'pk'}: {keys.index or 'PK'}" for keys in entity.keys)
        nested = [each for each in entity.properties if each.nested]
        lines += [
            f"    {entity.name}:",
            "      type: object",
            f"      required: [{required}{', place' if nested else ''}]",
            f"      x-dynamodb-entity: {{queries: {{{queries}}}}}",
            "      x-dynamodb-indexmap:",
        ]
        for keys in entity.keys:
            for attribute, template in (("PK", keys.partition), ("SK", keys.sort)):
                lines.append(f"        {keys.index}{attribute}: '{source(template)}'")
                self.lines[len(lines)] = (entity, keys)
        lines.append("      properties:")
        lines += [f"        {each.name}: {each.kind.schema}" for each in entity.properties if not each.nested]
        if nested:
            lines.append(f"        place: {{$ref: '#/components/schemas/{entity.name}Place'}}")
            lines.append(f"    {entity.name}Place:")
            lines.append("      type: object")
            lines.append(f"      required: [{', '.join(each.name for each in nested if each.required)}]")
            lines.append("      properties:")
            lines += [f"        {each.name}: {each.kind.schema}" for each in nested]


def random_design(random: Random) -> Design:
    """One or two entities in the same partitions, each with the table's key and up to three indexes."""
    entities = [_entity(name, random) for name in random.choice([["One"], ["One", "Two"]])]
    indexes = {
        f"GSI{number}": f"partition-key: GSI{number}PK, sort-key: GSI{number}SK{_projection(entities, random)}"
        for number in (1, 2)
    }
    design = Design(entities, indexes)
    if len(entities) == 1 and random.random() < 0.5:
        _own_attributes(design, random)
    return design


def _projection(entities: list[Entity], random: Random) -> str:
    kind = random.choice(["ALL", "ALL", "ALL", "KEYS_ONLY", "INCLUDE"])
    if kind == "ALL":
        return ""
    if kind == "KEYS_ONLY":
        return ", projection: KEYS_ONLY"
    held = [each.name for each in entities[0].properties[1:3] if not each.nested]
    return f", projection: INCLUDE, include: [{', '.join(['EntityType', *held])}]"


def _entity(name: str, random: Random) -> Entity:
    prefix = name[0].lower()
    kinds = random.sample(KINDS, k=random.randint(3, 5))
    properties = [
        Property(f"{prefix}{number}", kind, random.random() < 0.75, random.random() < 0.15)
        for number, kind in enumerate(kinds)
    ]
    tenant = Property("tenant", TENANT)
    id_ = Property(f"{prefix}id", KINDS[0])
    everything = [tenant, *properties, id_]
    required = [each for each in properties if each.required]
    keys = [Keys("", _partition(tenant, required, random), _sort(required or [id_], id_, tenant, random))]
    for number in (1, 2):
        keys.append(
            Keys(f"GSI{number}", _partition(tenant, properties, random), _sort(properties, id_, tenant, random))
        )
    return Entity(name, everything, keys)


def _partition(tenant: Property, properties: list[Property], random: Random) -> Template:
    """By the tenant, and at times by a part of something else, or spread over shards."""
    parts: Template = (random.choice(["T#", "T#", ""]), Component(tenant, TEXT))
    roll = random.random()
    if roll < 0.25 and properties:
        chosen = random.choice(properties)
        parts += ("#", Component(chosen, random.choice(_parts(chosen))))
    elif roll < 0.35 and properties:
        chosen = random.choice([each for each in properties if each.kind.name != "amount"] or [tenant])
        if chosen.required:
            parts += ("#", Component(chosen, shard(chosen.kind.parts[0], 3)))
    return _joined(parts)


def _sort(properties: list[Property], id_: Property, tenant: Property, random: Random) -> Template:
    parts: list[str | Component] = [random.choice(LEADS)]
    pool = [*properties, *([tenant] if random.random() < 0.2 else [])]
    for number in range(random.randint(1, 3)):
        if number:
            parts.append(random.choice(SEPARATORS))
        chosen = random.choice(pool)
        parts.append(Component(chosen, random.choice(_parts(chosen))))
    if random.random() < 0.5:
        parts += [random.choice(SEPARATORS), Component(id_, TEXT)]
    elif random.random() < 0.15:
        parts.append(random.choice(["#END", "x"]))
    return _joined(tuple(parts))


def _parts(chosen: Property) -> list[Part]:
    """The macros for a property: a default is for one that may be missing."""
    found = [part for part in chosen.kind.parts if part.default is None or not chosen.required]
    return found or [chosen.kind.parts[0]]


def _joined(parts: Template) -> Template:
    """Without empty texts, and texts side by side as one."""
    found: list[str | Component] = []
    for part in parts:
        if part == "":
            continue
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    return tuple(found)


def _own_attributes(design: Design, random: Random) -> None:
    """The table's partition key is the tenant itself, and an index's sort key a property itself."""
    (entity,) = design.entities
    tenant = entity.properties[0]
    design.table = "partition-key: tenant, sort-key: SK"
    entity.keys[0] = replace(entity.keys[0], partition=(Component(tenant, TEXT),))
    names = ("any_number", "count", "two", "amount", "at", "small", "status")
    own = [each for each in entity.properties[1:-1] if each.kind.name in names and not each.nested]
    if own:
        chosen = random.choice(own)
        design.indexes["GSI3"] = f"partition-key: GSI3PK, sort-key: {chosen.name}"
        entity.keys.append(Keys("GSI3", ("T#", Component(tenant, TEXT)), (Component(chosen, chosen.kind.parts[0]),)))


def leave_out(design: Design, line: int, random: Random) -> bool:
    """Take a key pair with a fault out of the design; the table's own gets a safe key. False if none is there."""
    found = design.lines.get(line)
    if found is None:
        return False
    entity, keys = found
    place = entity.keys.index(keys)
    if place:
        del entity.keys[place]
    else:
        tenant, id_ = entity.properties[0], entity.properties[-1]
        own = design.table.startswith("partition-key: tenant")
        partition: Template = (Component(tenant, TEXT),) if own else ("T#", Component(tenant, TEXT))
        entity.keys[0] = Keys("", partition, (f"{entity.name}#", Component(id_, TEXT)))
    return True


Values: TypeAlias = dict[str, Any]
