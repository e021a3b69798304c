import pytest

from tests.sandbox.scene import Scene, scene


@pytest.fixture
def county() -> Scene:
    return scene()
