"""What the tests of the web stand on."""

from tests.serving import ana, ben, server, start

__all__ = ["ana", "ben", "server", "start"]
