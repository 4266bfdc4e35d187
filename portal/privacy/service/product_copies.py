"""What product systems hold of somebody, as far as they give it to us for a copy (P24)."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.kit.db import db
from portal.kit.outgoing import MOST, Answer
from portal.kit.setting_products import ProductSystem
from portal.privacy.models import Export, ExportState
from portal.products import service as products
from portal.products.service import Message


@dataclass(frozen=True)
class ProductCopy:
    """One product's part of a copy: its JSON, or nothing when it gave none."""

    name: str
    title: str
    content: bytes | None = field(default=None, repr=False)


def product_calls(export_id: uuid.UUID) -> Iterator[tuple[ProductSystem, Message | None]]:
    """Yield the products to ask for a copy that is being built, each with its call; nothing when nobody waits for it.

    They know accounts alone.
    """
    export = db.session.get(Export, export_id)
    if export is not None and export.state == ExportState.WAITING and export.person_id:
        yield from products.copy_calls(export.person_id)


def product_copy(system: ProductSystem, *, answer: Answer | None) -> ProductCopy:
    """Return what a product gave: whole and readable JSON, else nothing."""
    content = answer.body if answer and answer.status == 200 and len(answer.body) < MOST and _is_json(answer.body) else None
    return ProductCopy(system.name, system.title, content)


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
