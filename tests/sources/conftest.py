from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sources.site import Site, make_certificate, open_site


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("site"))


@pytest.fixture
async def site(certificate: tuple[Path, Path]) -> AsyncIterator[Site]:
    async with open_site(*certificate) as made:
        yield made
