"""Collections and their pages, ordered or not; nothing is followed from here."""

from dataclasses import dataclass
from typing import Any

from phyle.federation.reading import shapes
from phyle.federation.urls import same_origin
from phyle.federation.vocabulary import COLLECTION_TYPES, PAGE_TYPES
from phyle.federation.wire import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One collection, or one page of it.

    `items` are ids or embedded documents, in the order given, at most 1,000; `total` is what its owner claims.
    `first_page` is given where the first page is embedded. `first` and `next` lie on the collection's own origin (B20).
    """

    id: str | None
    type: str
    page: bool
    ordered: bool
    total: int | None
    items: tuple[str | Document, ...]
    first: str | None
    first_page: "Collection | None"
    next: str | None
    part_of: str | None

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The ids of the items that have one."""
        return shapes.links({"items": list(self.items)}, "items")


def read_collection(document: Document, *, at: str | None = None) -> Collection:
    """The collection or page that `document` holds; `at` is where an anonymous one was found.

    Raises `Malformed` if it is neither, or if a property has a type it cannot have.
    """
    kind = shapes.type_of(document)
    if kind not in COLLECTION_TYPES and kind not in PAGE_TYPES:
        raise shapes.wrong("type", "that of a collection")
    own = shapes.id_of(document) or at
    ordered = kind.startswith("Ordered")
    return Collection(
        id=shapes.id_of(document),
        type=kind,
        page=kind in PAGE_TYPES,
        ordered=ordered,
        total=shapes.count(document, "totalItems"),
        items=_items(document, ordered),
        first=_near(document, "first", own),
        first_page=_first_page(document, own),
        next=_near(document, "next", own),
        part_of=shapes.link(document, "partOf"),
    )


def _items(document: Document, ordered: bool) -> tuple[str | Document, ...]:
    # Pages are found with either name; collections have been checked before.
    names = ("orderedItems", "items") if ordered else ("items", "orderedItems")
    values: list[Any] = shapes.listed(document, names[0]) or shapes.listed(document, names[1])
    return tuple(value if isinstance(value, dict) else shapes.identifier(value, names[0]) for value in values)


def _near(document: Document, name: str, own: str | None) -> str | None:
    found = shapes.link(document, name)
    return found if found is None or own is None or same_origin(found, own) else None


def _first_page(document: Document, own: str | None) -> Collection | None:
    page = document.get("first")
    if not isinstance(page, dict) or shapes.type_of(page) not in PAGE_TYPES:
        return None
    # A page has no first page of its own: whatever it embeds there is not read, so this ends here.
    return read_collection({name: value for name, value in page.items() if name != "first"}, at=own)
