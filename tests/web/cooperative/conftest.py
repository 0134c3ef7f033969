"""What the tests of this API stand on."""

from tests.web.cooperative.living import living

__all__ = ["living"]
