"""The archive of a leaving pack: everything that an organisation holds, as a bag like a person's copy (P24, P35)."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from portal.kit import leaving_packs
from portal.kit.i18n import tag
from portal.privacy.service.bag_archives import BagArchive, OnProgress, Part, policy_version, size_of
from portal.privacy.service.datasets import joined, plain_json, schema
from portal.privacy.service.readable import PackContents, pack_page


class PackArchive(BagArchive):
    """Everything that an organisation holds, as the bytes of a ZIP file. Iterate once."""

    folder, describes = "leaving-pack", "What an organisation holds"

    def __init__(
        self,
        organisation_id: uuid.UUID,
        *,
        name: str,
        zone: str,
        on_progress: OnProgress = lambda done, total: None,
        on_part: Callable[[], None] = lambda: None,
    ) -> None:
        self.organisation_id, self.name, self.zone = organisation_id, name, zone
        self.tables = leaving_packs.rows_of(organisation_id)
        files = leaving_packs.files_of(organisation_id)
        total = 2 * sum(table.count() for table in self.tables) + sum(size_of(source) for _name, source in files)
        super().__init__(total=total, on_progress=on_progress, on_part=on_part)

    def _parts(self) -> Iterator[Part]:
        done = frozenset(self.finished)
        yield from self._begin()
        yield from self._tables(self.tables)
        yield from self._files(leaving_packs.files_of(self.organisation_id))
        yield from self._conversations(leaving_packs.conversations_of(self.organisation_id), done)
        descriptions = {
            "schema.json": lambda: [plain_json(schema(self.tables))],
            "manifest.json": lambda: [plain_json(self._manifest())],
            "index.html": lambda: joined(pack_page(self._contents())),
        }
        yield from self._descriptions(descriptions, done)

    def _manifest(self) -> dict[str, Any]:
        return {
            "made_by": self.company.name,
            "made_at": self.made_at.isoformat(),
            "organisation": str(self.organisation_id),
            "policy_version": policy_version(),
            "language": tag(),
            **self._listed(self.tables),
            "left_out": [{"table": name, "why": why} for name, why in leaving_packs.left_out()],
        }

    def _contents(self) -> PackContents:
        return PackContents(
            organisation=self.name,
            tables=self.tables,
            counts=self.rows,
            stems={table.name: self._stems(table) for table in self.tables},
            files=self.files,
            conversations=leaving_packs.conversations_of(self.organisation_id),
            zone=self.zone,
            made_at=self.made_at,
            version=policy_version(),
        )
