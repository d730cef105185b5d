"""Things under names that Python has for itself; nothing of their texts is ever run."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

import pytest
from keywords_store import Class, Field1stThing, KeywordsTable, List, None1, Table_

from entitystore import begins_with
from entitystore.errors import ValidationError

Item = dict[str, dict[str, object]]

DEFAULT = "\"\"\"; import os; os.environ['ENTITYSTORE_ESCAPED'] = 'default' #\n\\N{BULLET} {x} {{ y }} {% z %}\\"
CONST: Final = "\"); import os; os.environ['ENTITYSTORE_ESCAPED'] = 'const' #"
ENUM = '"""; import os; os.environ[\'ENTITYSTORE_ESCAPED\'] = \'enum\'; """'

PLAIN = Class(
    class_="",
    list_=[],
    none="n",
    self_=0,
    field__init__="i",
    field_1st_name="1#",
    with_dash="-",
    ünïcode="ü",
    key_="k#",
)
FULL = Class(
    class_="{class_} {{}} %s",
    list_=['"""'],
    none="None",
    self_=-1,
    field__init__="__init__",
    field_1st_name="1st",
    with_dash="-",
    ünïcode="",
    date_=date(2026, 1, 1),
    datetime_=datetime(2026, 1, 1, tzinfo=UTC),
    str_="s",
    item="it",
    key_="",
    partition="p",
    consistent=False,
    field_="f",
    set_=[],
    match="m",
    print="print()",
    decode="d",
    field__="quotes",
    field_x_____y_______z___="braces",
    a_b__import_os__="sys",
    value="v",
    when=None1(ENUM),
    what=Field1stThing(def_="def", lambda_=List(async_=CONST, await_={"x": None1(""), "\\": None1("\\")})),
)
TABLE = Table_(query_all="'", cast="c", isinstance_="i", exactly="e", wrong_type="w", dataclass="d")


def _key(class_: str, first_name: str, unicode: str, key: str) -> Item:
    return {
        'PK"\\': {"S": f'"""#{class_}\'{{}}\\N{{BULLET}}#{first_name}'},
        "{SK}": {"S": f"{{% raw %}}#{unicode}#{key}"},
        "# type": {"S": '"""; {type}\\'},
        "class": {"S": class_},
        "1st-name": {"S": first_name},
        "with-dash": {"S": "-"},
        "ünïcode": {"S": unicode},
        "key": {"S": key},
    }


ENTITIES: list[tuple[str, object, Item]] = [
    (
        "Class",
        PLAIN,
        _key("", "1#", "ü", "k#")
        | {
            "list": {"L": []},
            "None": {"S": "n"},
            "self": {"N": "0"},
            "__init__": {"S": "i"},
            "set": {"L": [{"S": '}"""'}, {"S": "{x}"}]},
            "'); import os #": {"S": DEFAULT},
            "when": {"S": "1st"},
        },
    ),
    (
        "Class",
        FULL,
        _key("{class_} {{}} %s", "1st", "", "")
        | {
            "lambda": {"S": "-"},
            "'''": {"S": "None#it"},
            "list": {"L": [{"S": '"""'}]},
            "None": {"S": "None"},
            "self": {"N": "-1"},
            "__init__": {"S": "__init__"},
            "date": {"S": "2026-01-01"},
            "datetime": {"S": "2026-01-01T00:00:00.000000Z"},
            "str": {"S": "s"},
            "item": {"S": "it"},
            "partition": {"S": "p"},
            "consistent": {"BOOL": False},
            "field": {"S": "f"},
            "set": {"L": []},
            "match": {"S": "m"},
            "print": {"S": "print()"},
            "decode": {"S": "d"},
            "'": {"S": "quotes"},
            "{x} {{ y }} {% z %}": {"S": "braces"},
            "a b; import os #": {"S": "sys"},
            "'); import os #": {"S": "v"},
            "when": {"S": ENUM},
            "what": {
                "M": {
                    "def": {"S": "def"},
                    "lambda": {"M": {"async": {"S": CONST}, "await": {"M": {"x": {"S": ""}, "\\": {"S": "\\"}}}}},
                }
            },
        },
    ),
    (
        "Table_",
        TABLE,
        {
            'PK"\\': {"S": "TABLE#'"},
            "{SK}": {"S": "TABLE#c#i"},
            "# type": {"S": "Table"},
            "query_all": {"S": "'"},
            "cast": {"S": "c"},
            "isinstance": {"S": "i"},
            "exactly": {"S": "e"},
            "wrong_type": {"S": "w"},
            "dataclass": {"S": "d"},
        },
    ),
]


def refused(table: KeywordsTable) -> tuple[str, str]:
    """A quote that would end the first component, and a delimiter in the second."""
    with pytest.raises(ValidationError) as quoted:
        table.class_.put(replace(PLAIN, class_="'"))
    with pytest.raises(ValidationError) as delimited:
        table.class_.find(class_="", field_1st_name="", ünïcode="#", key_="")
    return str(quoted.value), str(delimited.value)


QUERIES: list[tuple[str, Callable[[KeywordsTable], object], object]] = [
    ("by key", lambda table: table.class_.get_one(class_="", field_1st_name="1#", ünïcode="ü", key_="k#"), PLAIN),
    ("another", lambda table: table.table_.get_one(query_all="'", cast="c", isinstance_="i"), TABLE),
    (
        "by part of its key",
        lambda table: table.table_.by_query_all(query_all="'", cast="c", isinstance_=begins_with("i")).all(),
        [TABLE],
    ),
    (
        "by partition",
        lambda table: table.class_.by_class_and_field_1st_name(class_="", field_1st_name="1#", ünïcode="ü").all(),
        [PLAIN],
    ),
    (
        "by index",
        lambda table: table.class_.by_with_dash(with_dash="-", none="None", item=begins_with("i")).all(),
        [FULL],
    ),
    (
        "what is refused",
        refused,
        ("class_: does not match ^[^'\"\\\\]*$", "ünïcode: may not contain '#', which separates the parts of a key"),
    ),
    ("nothing was run", lambda table: os.environ.get("ENTITYSTORE_ESCAPED"), None),
]
