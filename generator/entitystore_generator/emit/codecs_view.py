"""The view of `codecs.py`: how objects inside of entities are stored.

Rules of this file:
- Classes that are no entities, each once, however many entities hold them. An entity that stands inside of another
  has its codec here too, without keys.
"""

from __future__ import annotations

from entitystore_generator.config import ModelKind
from entitystore_generator.emit.codecs import CodecEmitter
from entitystore_generator.emit.constraints import ConstraintEmitter
from entitystore_generator.emit.imports import Imports, codecs_prelude
from entitystore_generator.emit.names import snake_case, with_article
from entitystore_generator.emit.object_codec import ObjectCodec
from entitystore_generator.emit.source import Comment, docstring, spoken
from entitystore_generator.emit.views import CodecsView
from entitystore_generator.ir.model import ObjectClass, Package
from entitystore_generator.ir.order import class_references

__all__ = ["codecs_view", "nested_models"]


def nested_models(package: Package) -> list[ObjectClass]:
    """The classes that stand inside of others, in the package's order."""
    inside = {name for model in package.models for field in model.fields for name in class_references(field.type)}
    return [model for model in package.models if model.name in inside]


def codecs_view(package: Package, kind: ModelKind, header: Comment) -> CodecsView:
    """Everything that `codecs.py` shows."""
    avoid = frozenset(field.name for model in nested_models(package) for field in model.fields)
    imports = Imports(codecs_prelude(kind), avoid)
    codecs = CodecEmitter(package, imports, codecs_module="")
    constraints = ConstraintEmitter(imports, codecs_module="")
    objects = []
    for model in nested_models(package):
        emitter = ObjectCodec(model, package, kind, imports, codecs, constraints, path="{path}")
        constraints.begin()
        leaves = emitter.leaves()
        written = [line for each in model.fields for entry in emitter.written(each) for line in entry.statements]
        checks = [line for each in model.fields for line in emitter.checked(each, [])]
        text = docstring(f"The attributes of {with_article(spoken(snake_case(model.name)))}.", wrap=False)
        objects.append(emitter.view(leaves, text, imports.use(".models", model.name), written, checks))
    return CodecsView(
        header, tuple(imports.lines()), tuple(constraints.constants), tuple(codecs.unions), tuple(objects)
    )
