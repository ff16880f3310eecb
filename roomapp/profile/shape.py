"""Holds a document against the structs of the model: unknown and missing keys, wrong types, limits, closed lists."""

import datetime
import difflib
import math
import re
from typing import Any

import msgspec.inspect as kinds

from roomapp.profile.lines import Place
from roomapp.profile.model import HOST_PATTERN, Profile
from roomapp.profile.report import Report, shown
from roomapp.profile.secrecy import names_a_secret


def check_shape(document: dict[str, Any], report: Report) -> None:
    """Reports every key that does not fit the schema."""
    _table(document, kinds.type_info(Profile), (), report)


def _value(value: Any, kind: kinds.Type, place: Place, report: Report) -> None:
    if isinstance(kind, kinds.UnionType):  # a key that may be left out
        kind = next(one for one in kind.types if not isinstance(one, kinds.NoneType))
    match kind:
        case kinds.StructType():
            _table(value, kind, place, report)
        case kinds.VarTupleType(item_type=item):
            _list(value, item, place, report)
        case kinds.TupleType(item_types=items):
            if not isinstance(value, list) or len(value) != len(items):
                report.fault(place, "not_pair", key=place[-1])
            else:
                for number, item in enumerate(items):
                    _value(value[number], item, (*place, number), report)
        case kinds.EnumType(cls=cls):
            _choice(value, [str(one.value) for one in cls], place, report)
        case kinds.LiteralType(values=values):
            if isinstance(value, bool | float) or value not in values:
                report.fault(place, "not_choice", key=place[-1], choices=", ".join(map(str, values)))
        case _:
            _plain(value, kind, place, report)


def _plain(value: Any, kind: kinds.Type, place: Place, report: Report) -> None:
    key = next(step for step in reversed(place) if isinstance(step, str))
    match kind:
        case kinds.StrType():
            _text(value, kind, place, key, report)
        case kinds.IntType(ge=low, le=high):
            if not isinstance(value, int) or isinstance(value, bool):
                report.fault(place, "not_integer", key=key)
            elif (low is not None and value < low) or (high is not None and value > high):
                report.fault(place, "out_of_range", key=key, low=low, high=high)
        case kinds.FloatType(ge=low, le=high):
            if not isinstance(value, int | float) or isinstance(value, bool) or not _finite(value):
                report.fault(place, "not_number", key=key)
            elif (low is not None and value < low) or (high is not None and value > high):
                report.fault(place, "out_of_range", key=key, low=f"{low:g}", high=f"{high:g}")
        case kinds.BoolType():
            if not isinstance(value, bool):
                report.fault(place, "not_flag", key=key)
        case kinds.DateType():
            if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
                report.fault(place, "not_date", key=key)


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer of hundreds of digits
        return False


def _text(value: Any, kind: kinds.StrType, place: Place, key: str, report: Report) -> None:
    if not isinstance(value, str):
        index = key == "device" and isinstance(value, int)
        report.fault(place, "device_index" if index else "not_text", key=key)
    elif not value.isprintable():
        report.fault(place, "not_printable", key=key)
    elif kind.max_length is not None and len(value) > kind.max_length:
        report.fault(place, "too_long", key=key, most=kind.max_length)
    elif kind.min_length and not value.strip():
        report.fault(place, "empty", key=key)
    elif kind.pattern and not re.search(kind.pattern, value):
        named = "bad_secret_name" if key == "secret" else "bad_host" if kind.pattern == HOST_PATTERN else "bad_id"
        report.fault(place, named, key=key)


def _choice(value: Any, choices: list[str], place: Place, report: Report) -> None:
    if not isinstance(value, str) or value not in choices:
        report.fault(place, "not_choice", key=place[-1], choices=", ".join(choices))


def _list(value: Any, item: kinds.Type, place: Place, report: Report) -> None:
    of_tables = isinstance(item, kinds.StructType)
    if not isinstance(value, list):
        report.fault(place, "not_entries" if of_tables else "not_list", key=place[-1])
        return
    for number, one in enumerate(value):
        _value(one, item, (*place, number), report)


def _table(value: Any, kind: kinds.Type, place: Place, report: Report) -> None:
    assert isinstance(kind, kinds.StructType)
    if not isinstance(value, dict):
        report.fault(place, "not_table", key=next(step for step in reversed(place) if isinstance(step, str)))
        return
    fields = {field.encode_name: field for field in kind.fields}
    for key in value:
        if key not in fields and not names_a_secret(key):
            _unknown(key, list(fields), place, report)
    for key, field in fields.items():
        if key in value:
            _value(value[key], field.type, (*place, key), report)
        elif field.required:
            report.fault(place, "missing_key", key=key)


def _unknown(key: str, known: list[str], place: Place, report: Report) -> None:
    if near := difflib.get_close_matches(key[:60], known, n=1):
        report.fault((*place, key), "misspelt_key", key=shown(key), near=near[0])
    else:
        report.fault((*place, key), "unknown_key", key=shown(key), known=", ".join(known))
