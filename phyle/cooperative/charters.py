"""Charters as people read them: the text, what it says clause by clause, its versions, and how two of them differ."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import orjson

from phyle.cooperative import lists
from phyle.cooperative.charter import templates as packaged
from phyle.cooperative.charter.clauses import EFFECTS, Charter
from phyle.cooperative.charter.differences import Difference, differences, said
from phyle.cooperative.charter.text import normalised, read
from phyle.cooperative.governing import Governing, governing
from phyle.cooperative.ledger import reading
from phyle.cooperative.ledger.blobs import blob, keep_blob
from phyle.errors import Missing, Unprocessable
from phyle.store.transaction import Record, Tx

BLANK = "to be entered"
"""What stands in a template where every phyle has something of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """An article: its prose."""

    number: int
    title: str
    prose: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOffice:
    """An office: what it is for, how many seats and days, and how it is filled."""

    name: str
    scope: tuple[str, ...]
    seats: int
    term_days: int
    by: str
    consecutive_terms: int
    incompatible: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCharter:
    """A charter whole. `hash`: SHA-256 of the text, by which it is signed. `powers`: for every kind of effect what
    governs it, with the tiers and experiments as they stand. All else in words, by the name of the clause."""

    hash: str
    text: str
    legal_name: str
    form: str
    seat: str
    register: str
    prevails: str
    articles: tuple[Section, ...]
    powers: Mapping[str, Governing]
    membership: Mapping[str, str]
    assembly: Mapping[str, str]
    offices: tuple[ShownOffice, ...]
    delegation: bool
    jury: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A charter that is or was in force: since which entry and when (milliseconds). `by`: what brought it."""

    hash: str
    entry: int
    at: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A charter to begin with."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A charter that can be signed or proposed, by its hash."""

    charter: str


async def in_force(tx: Tx) -> ShownCharter:
    """The charter in force. Refused before the founding."""
    return shown(await reading.charter_in_force(tx))


async def of_hash(tx: Tx, hash: str) -> ShownCharter:
    """A charter that was signed, proposed or kept here as a draft. Missing."""
    return shown(await _charter(tx, hash))


async def _charter(tx: Tx, hash: str) -> Charter:
    data = await blob(tx, hash, entered=False)
    if data is None:
        raise Missing("There is no charter with this hash here.")
    return await asyncio.to_thread(_read, data)


def _read(data: bytes) -> Charter:
    found = _read_once(data)
    if isinstance(found, str):
        raise Unprocessable(found)
    return found


@lru_cache(maxsize=32)
def _read_once(data: bytes) -> Charter | str:
    """The charter, or why it is none."""
    try:
        return read(data.decode(errors="replace"))
    except Unprocessable as error:
        return error.sentence


async def versions(tx: Tx) -> list[Version]:
    """Every charter that was in force, the newest first."""
    rows = await tx.rows(lists.SQL.entries_of_kind, "found", 1 << 62, -1, 1)
    found = [_founding(row) for row in rows]
    for row in await tx.rows(lists.SQL.entries_of_kind, "execute", 1 << 62, -1, 10_000):
        found += _amendments(row)
    return sorted(found, key=lambda version: -version.entry)


def _founding(row: Record) -> Version:
    entry = orjson.loads(row["leaf"])
    return Version(hash=entry["act"]["payload"]["charter"], entry=entry["seq"], at=entry["at"], by="founding")


def _amendments(row: Record) -> list[Version]:
    entry = orjson.loads(row["leaf"])
    payload = entry["payload"]
    return [
        Version(hash=effect["arguments"]["charter"], entry=entry["seq"], at=entry["at"], by=payload["proposal"])
        for effect in payload.get("effects", ())
        if effect["kind"] == "Amend"
    ]


async def difference(tx: Tx, old: str, new: str) -> tuple[Difference, ...]:
    """Everything in which two charters differ, in sentences. Missing."""
    return differences(await _charter(tx, old), await _charter(tx, new))


def checked(text: str) -> bytes:
    """A charter's text as it is signed. Unprocessable, with every problem, if it is none, or if it has words of a
    template that are to be replaced. It can take a second."""
    data = normalised(text).encode()
    header = _read(data).header
    left = [name for name in ("legal_name", "form", "seat", "register") if getattr(header, name).strip() == BLANK]
    if left:
        says = "Say what it is; nobody can rely on a charter that leaves it open."
        raise Unprocessable(
            "\n".join(["The charter is not finished:", *(f"{name} is “{BLANK}”. {says}" for name in left)])
        )
    return data


async def keep(tx: Tx, data: bytes) -> Draft:
    """Keeps a charter that was checked as a draft that can be signed or proposed."""
    return Draft(charter=await keep_blob(tx, data))


def templates() -> list[Template]:
    """Charters to begin with, the simplest first."""
    return [template(name) for name in packaged.templates()]


def template(name: str) -> Template:
    """One of them. Missing."""
    return Template(name=name, text=packaged.template(name))


def shown(charter: Charter) -> ShownCharter:
    """What a charter says."""
    return ShownCharter(
        hash=charter.hash,
        text=charter.text,
        legal_name=charter.header.legal_name,
        form=charter.header.form,
        seat=charter.header.seat,
        register=charter.header.register,
        prevails=charter.header.prevails,
        articles=tuple(Section(number=a.number, title=a.title, prose=a.prose, line=a.line) for a in charter.articles),
        powers=_powers(charter),
        membership=_words(charter.membership),
        assembly=_words(charter.assembly),
        offices=tuple(
            ShownOffice(
                name=name,
                scope=office.scope,
                seats=office.seats,
                term_days=office.term_days,
                by=office.by,
                consecutive_terms=office.consecutive_terms,
                incompatible=office.incompatible,
            )
            for name, office in charter.offices.items()
        ),
        delegation=charter.delegation.allowed,
        jury=charter.jury.size,
    )


def _powers(charter: Charter) -> dict[str, Governing]:
    found = {effect: governing(charter.power(effect)) for effect in EFFECTS}
    scoped = [power for power in charter.powers if power.scope]
    return {**found, **{f"{power.effect}/{power.scope}": governing(power) for power in scoped}}


def _words(clause: Any) -> dict[str, str]:
    return {field.name: said(getattr(clause, field.name)) for field in fields(clause)}
