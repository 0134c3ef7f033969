"""What the tests of threats at the doors stand on."""

from tests.serving import ana, ben, server, start

__all__ = ["ana", "ben", "server", "start"]
