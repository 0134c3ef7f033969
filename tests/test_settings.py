"""Settings: what wins, what is refused, and how the refusal reads."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from phyle.errors import SettingError
from phyle.settings import is_local, read


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def test_without_anything_it_is_a_local_instance() -> None:
    settings = read({}, {"HOME": "/home/ana"})
    assert settings.origin == "http://localhost:8080"
    assert settings.account_domain == settings.domain == "localhost:8080"
    assert settings.home == Path("/home/ana/.local/share/phyle")
    assert (settings.bind, settings.port, settings.insecure_local) == ("127.0.0.1", 8080, True)
    assert settings.limits
    assert settings.database_url is None


def test_flag_wins_over_variable_over_file_over_default(home: Path) -> None:
    (home / "phyle.toml").write_text("port = 3\ntitle = 'file'\ncontact = 'file'\nregistration = 'closed'\n")
    environ = {"PHYLE_HOME": str(home), "PHYLE_PORT": "2", "PHYLE_TITLE": "variable"}
    settings = read({"port": 1, "title": None}, environ)
    assert (settings.port, settings.title, settings.contact) == (1, "variable", "file")
    assert settings.registration == "closed"
    assert settings.description == ""


def test_a_public_domain_is_https_behind_a_proxy() -> None:
    settings = read({"domain": "Social.Coop.org", "port": 9000}, {"PHYLE_ACCOUNT_DOMAIN": "coop.org"})
    assert settings.origin == "https://social.coop.org"
    assert (settings.account_domain, settings.title, settings.insecure_local) == ("coop.org", "coop.org", False)


@pytest.mark.parametrize(
    ("flags", "domain", "port"),
    [
        ({"port": 9001}, "localhost:9001", 9001),
        ({"domain": "ana.localhost", "port": 9001}, "ana.localhost:9001", 9001),
        ({"domain": "localhost:9001"}, "localhost:9001", 9001),
        ({"domain": "localhost:80", "port": 9001}, "localhost", 9001),
        ({"domain": "[::1]:9001"}, "[::1]:9001", 9001),
        ({"domain": "127.1.0.7"}, "127.1.0.7:8080", 8080),
        ({"domain": "coop.org:443"}, "coop.org", 8080),
        ({"domain": "coop.org:8443"}, "coop.org:8443", 8080),
        ({"domain": "localhost:9001", "insecure_local": False}, "localhost:9001", 8080),
        ({"domain": "bücher.example"}, "xn--bcher-kva.example", 8080),
    ],
)
def test_domain_and_port_follow_each_other(flags: dict[str, object], domain: str, port: int) -> None:
    settings = read(flags, {})
    assert (settings.domain, settings.port) == (domain, port)


@pytest.mark.parametrize(
    "domain", ["localhost", "localhost:1", "a.b.localhost", "127.0.0.1:80", "127.255.0.9", "[::1]"]
)
def test_these_are_this_machine(domain: str) -> None:
    assert is_local(domain)


@pytest.mark.parametrize("domain", ["coop.org", "localhost.coop.org", "notlocalhost", "10.0.0.1", "0.0.0.0", "[::]"])
def test_plain_http_is_refused_for_any_other_domain(domain: str) -> None:
    assert not is_local(domain)
    with pytest.raises(SettingError, match=r"insecure_local \(flag --insecure-local\)"):
        read({"insecure_local": True, "domain": domain}, {})


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PHYLE_PROT", "1", "PHYLE_PROT in the environment is not a setting. Did you mean PHYLE_PORT?"),
        ("PHYLE_ZZZZZZ", "1", "Accepted are PHYLE_HOME, PHYLE_PORT"),
        ("PHYLE_PORT", "eighty", r"port (variable PHYLE_PORT) is 'eighty', accepted is a number from 1 to 65535."),
        ("PHYLE_PORT", "0", "a number from 1 to 65535"),
        ("PHYLE_PORT", "65536", "a number from 1 to 65535"),
        ("PHYLE_PORT", "٣", "a number from 1 to 65535"),
        ("PHYLE_BIND", "everywhere", "an IP address"),
        ("PHYLE_DOMAIN", "https://coop.org", "a host name without scheme or path"),
        ("PHYLE_DOMAIN", "coop..org", "a host name"),
        ("PHYLE_DOMAIN", "ana@coop.org", "a host name"),
        ("PHYLE_DOMAIN", "coop.org:99999", "a host name"),
        ("PHYLE_DOMAIN", "1.2.3", "a host name"),
        ("PHYLE_REGISTRATION", "maybe", "one of open, application, closed"),
        ("PHYLE_TRUSTED_PROXIES", "10.0.0.0/8, proxy", "addresses or networks"),
        ("PHYLE_CA_FILE", "/nowhere.pem", "the path of an existing file"),
        ("PHYLE_LIMITS", "sometimes", "true or false"),
        (
            "PHYLE_DATABASE_URL",
            "mysql://root:secret@db/phyle",
            "database_url (variable PHYLE_DATABASE_URL) is (hidden)",
        ),
    ],
)
def test_a_refusal_names_the_setting_and_what_is_accepted(variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingError) as refusal:
        read({}, {variable: value})
    assert says in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("titel = 'x'", "titel in {} is not a setting. Did you mean title?"),
        ("home = '/x'", "home in {} is not a setting."),
        ("port = true", "port ({}) is True"),
        ("title = 3", "title ({}) is 3, accepted is text."),
        ("trusted_proxies = [3]", "trusted_proxies ({}) is [3]"),
        ("port = ", "{} is not valid TOML"),
    ],
)
def test_a_refusal_names_the_file(home: Path, content: str, says: str) -> None:
    (home / "phyle.toml").write_text(content)
    with pytest.raises(SettingError) as refusal:
        read({"home": home}, {})
    assert says.format(home / "phyle.toml") in str(refusal.value)


def test_networks_and_switches_are_read(home: Path) -> None:
    (home / "phyle.toml").write_text("trusted_proxies = ['10.0.0.0/8', '::1']\n")
    environ = {"PHYLE_ALLOW_NETWORKS": "127.0.0.0/8,fd00::/8", "PHYLE_LIMITS": "off", "PHYLE_DOCUMENTS": "/x"}
    settings = read({"home": home}, environ)
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1/128"))
    assert settings.allow_networks == (ip_network("127.0.0.0/8"), ip_network("fd00::/8"))
    assert not settings.limits


def test_an_empty_variable_is_no_variable(home: Path) -> None:
    (home / "phyle.toml").write_text("title = 'file'\n")
    assert read({"home": home}, {"PHYLE_TITLE": "", "PHYLE_PORT": ""}).title == "file"


def test_sign_up_is_open_by_itself_only_on_this_machine() -> None:
    assert read({}, {}).registration == "open"
    assert read({}, {"PHYLE_DOMAIN": "coop.org"}).registration == "application"
    assert read({}, {"PHYLE_REGISTRATION": "closed"}).registration == "closed"
