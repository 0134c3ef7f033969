"""The terms of a licence that was granted, an ODRL policy, in sentences for people."""

from collections.abc import Iterator, Mapping
from typing import Any

_ACTIONS: Mapping[str, str] = {
    "use": "use it",
    "reproduce": "copy it",
    "distribute": "pass it on",
    "derive": "change it and build on it",
    "sell": "sell copies of it",
}
_DUTIES: Mapping[str, str] = {
    "attribute": "name whose it is",
    "inform": "tell the phyle what comes of it",
    "cc:ShareAlike": "give what they make of it under the same terms",
}
_BOUNDS: Mapping[str, str] = {
    "purpose": "For this purpose: {}.",
    "spatial": "In this territory: {}.",
    "dateTime": "Until {}.",
}


def sentences(policy: Mapping[str, Any]) -> list[str]:
    """What a policy that was made here says. What it says in other words than ours is not among them: the document
    itself is what counts."""
    found: list[str] = []
    for permission in _objects(policy.get("permission")):
        found += _permission(permission)
    if isinstance(words := policy.get("phyle:words"), str):
        found.append(words)
    return found


def _permission(permission: Mapping[str, Any]) -> Iterator[str]:
    actions = permission.get("action")
    known = [_ACTIONS[each] for each in actions if each in _ACTIONS] if isinstance(actions, list) else []
    if known:
        yield f"They may {_listed(known)}."
    for bound in _objects(permission.get("constraint")):
        sentence = _BOUNDS.get(str(bound.get("leftOperand")))
        if sentence is not None:
            yield sentence.format(_value(bound.get("rightOperand")))
    duties = list(_objects(permission.get("duty")))
    known = [_DUTIES[each["action"]] for each in duties if each.get("action") in _DUTIES]
    if known:
        yield f"In return they {_listed(known)}."
    for duty in duties:
        yield from _payment(duty)


def _payment(duty: Mapping[str, Any]) -> Iterator[str]:
    for bound in _objects(duty.get("constraint")):
        if duty.get("action") == "compensate" and bound.get("leftOperand") == "payAmount":
            to = f" to {duty['compensatedParty']}" if isinstance(duty.get("compensatedParty"), str) else ""
            yield f"They pay {_value(bound.get('rightOperand'))} {bound.get('unit', '')}{to}."


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in (value if isinstance(value, list) else []) if isinstance(each, dict))


def _value(value: Any) -> str:
    return str(value.get("@value", "")) if isinstance(value, dict) else str(value)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
