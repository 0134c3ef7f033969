"""What the tests of pages stand on."""

from tests.web.pages.visiting import anas, browser, site, visit

__all__ = ["anas", "browser", "site", "visit"]
