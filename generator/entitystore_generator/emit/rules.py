"""The rules about output folders (ES4xx), configuration and call (ES5xx). See `entitystore_generator.rules`."""

from __future__ import annotations

from ..diagnostics import Severity
from ..rules import Rule

_ERROR = Severity.ERROR

_OUTPUT = (
    Rule(
        "ES401",
        "stale-output",
        _ERROR,
        "a generated file is not what the spec gives now",
        "The spec, the options or the generator changed after the package was generated. Keys and codecs in the "
        "package are then not those that the spec promises. Where two branches were merged, conflict marks in a "
        "generated file need no decision: `generate` writes the file that belongs to the merged spec.",
        "edit openapi.yaml; git commit",
        "edit openapi.yaml; entitystore generate; git commit",
    ),
    Rule(
        "ES402",
        "edited-output",
        _ERROR,
        "a generated file was edited by hand",
        "The next generation would lose the edit, so it is refused. Change the spec instead, or put the code into a "
        "module of your own that imports the package. --overwrite-edited gives the edit up.",
        "# in shop_store/order_store.py\ndef total(order): ...",
        "# in shop_totals.py\nfrom shop_store import Order\n\ndef total(order: Order) -> Decimal: ...",
    ),
    Rule(
        "ES403",
        "missing-output",
        _ERROR,
        "a file that belongs to the package is not there",
        "It was never generated, never committed, or deleted since. Who imports the package gets an ImportError.",
        "git add shop_store/models.py",
        "git add shop_store",
    ),
    Rule(
        "ES404",
        "orphaned-file",
        _ERROR,
        "a Python file in the output folder is not generated from this spec",
        "It may be left over from an entity that the spec no longer has, and still be imported by someone. The "
        "generator deletes only what its manifest lists, so this file is yours to delete. If it is your own module, "
        "move it out of the package or name it in `keep`.",
        'output = "src/shop_store"     # which also holds extras.py',
        'output = "src/shop_store"\nkeep = ["extras.py"]',
    ),
    Rule(
        "ES405",
        "obsolete-output",
        _ERROR,
        "a generated file is no longer generated from this spec",
        "Its entity was removed or renamed. `generate` deletes it, because the manifest lists it and nobody edited it.",
    ),
    Rule(
        "ES406",
        "foreign-file",
        _ERROR,
        "a file that was not generated stands where the package has to go",
        "The call may name the wrong folder. Nothing that a person wrote is ever overwritten. A symbolic link counts "
        "as foreign too: writing through it would change a file elsewhere.",
        "entitystore generate openapi.yaml -o src",
        "entitystore generate openapi.yaml -o src/shop_store",
    ),
    Rule(
        "ES407",
        "unusable-manifest",
        _ERROR,
        "the manifest cannot be used",
        "Mostly a merge left conflict marks in .entitystore.json. Do not resolve them by hand: generating writes the "
        "manifest that belongs to the merged spec.",
        '<<<<<<< ours\n  "inputs": {"../openapi.yaml": "4f1c…"}, …\n=======',
        "entitystore generate; git add shop_store",
    ),
    Rule(
        "ES408",
        "other-tools",
        Severity.NOTE,
        "the manifest names other versions of the generator or its tools",
        "They give the same code, so this is no failure. A check has to compile to find that out; once `generate` has "
        "recorded the versions in use it compares hashes alone.",
    ),
    Rule(
        "ES409",
        "unwritable-output",
        _ERROR,
        "the output folder cannot be read or written",
        "A permission is missing, the disk is full, or a file stands where a folder has to be. Whatever was begun has "
        "been taken back: the package is as it was.",
    ),
    Rule(
        "ES410",
        "unparsable-output",
        _ERROR,
        "a generated file would not be Python",
        "Every file is compiled before any is written, so that a fault of the generator leaves no half of a package "
        "behind. It is not the document's fault; changing the name or text that it stumbles on helps meanwhile.",
    ),
)

_CALL = (
    Rule(
        "ES500",
        "wrong-call",
        _ERROR,
        "the command line cannot be understood",
        "SPEC and -o DIR name one package and go together; without both, the configuration names the packages.",
        "entitystore generate openapi.yaml",
        "entitystore generate openapi.yaml -o src/shop_store",
    ),
    Rule(
        "ES501",
        "unreadable-configuration",
        _ERROR,
        "pyproject.toml cannot be read or is not TOML",
        "The rest of the file cannot be believed, so nothing is generated.",
        "spec = openapi.yaml",
        'spec = "openapi.yaml"',
    ),
    Rule(
        "ES502",
        "unknown-key",
        _ERROR,
        "the configuration has a key that does not exist",
        "A misspelt key would be without effect, and nobody would notice.",
        '[tool.entitystore]\nmodel = "msgspec"',
        '[tool.entitystore]\nmodels = "msgspec"',
    ),
    Rule(
        "ES503",
        "wrong-value",
        _ERROR,
        "a value in the configuration is of the wrong kind",
        "Paths and model kinds are strings, `keep` is a list of strings, `packages` a list of tables.",
        '[tool.entitystore.packages]\nspec = "openapi.yaml"',
        '[[tool.entitystore.packages]]\nspec = "openapi.yaml"\noutput = "src/shop_store"',
    ),
    Rule(
        "ES504",
        "missing-key",
        _ERROR,
        "a package in the configuration lacks its spec or its output",
        "Both are needed: where the document is, and which folder the package goes to.",
        '[tool.entitystore]\nspec = "openapi.yaml"',
        '[tool.entitystore]\nspec = "openapi.yaml"\noutput = "src/shop_store"',
    ),
    Rule(
        "ES505",
        "no-configuration",
        _ERROR,
        "there is no configuration to read",
        "Without SPEC and -o, the nearest pyproject.toml with a [tool.entitystore], from the working folder upwards, "
        "says what to generate.",
        "cd /tmp; entitystore check",
        "entitystore check --config ~/shop/pyproject.toml",
    ),
    Rule(
        "ES506",
        "package-name",
        _ERROR,
        "the output folder's name is not a name that Python can import",
        "The folder is the package. Its name has to be an identifier and no keyword.",
        "entitystore generate openapi.yaml -o shop-store",
        "entitystore generate openapi.yaml -o shop_store",
    ),
    Rule(
        "ES507",
        "same-output",
        _ERROR,
        "two packages go to one folder, or one of them into the other",
        "Each would take the files of the other for leftovers of its own.",
        '[[tool.entitystore.packages]]\nspec = "a.yaml"\noutput = "store"\n'
        '[[tool.entitystore.packages]]\nspec = "b.yaml"\noutput = "store"',
        '[[tool.entitystore.packages]]\nspec = "a.yaml"\noutput = "a_store"\n'
        '[[tool.entitystore.packages]]\nspec = "b.yaml"\noutput = "b_store"',
    ),
    Rule(
        "ES508",
        "spec-not-found",
        _ERROR,
        "there is no file where the spec should be",
        "On the command line a path starts at the working folder, in a configuration at the folder of the "
        "pyproject.toml.",
    ),
    Rule(
        "ES509",
        "missing-extra",
        _ERROR,
        "the generator's own requirements are not installed",
        "The distribution alone brings the runtime, so that a program in production carries no code generator.",
        "pip install entitystore-dynamodb",
        "pip install 'entitystore-dynamodb[generator]'",
    ),
    Rule(
        "ES510",
        "inputs-changing",
        _ERROR,
        "an input was changed while it was being compiled",
        "The output would belong to neither state of the spec.",
    ),
    Rule(
        "ES511",
        "unknown-rule",
        _ERROR,
        "there is no rule of this code or name",
        "Codes are ES and three digits; `entitystore explain` without an argument lists them all.",
        "entitystore explain ES2O3",
        "entitystore explain ES203",
    ),
)

RULES: tuple[Rule, ...] = (*_OUTPUT, *_CALL)
