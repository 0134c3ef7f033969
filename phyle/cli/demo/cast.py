"""Who is in the story: three founders and a newcomer in each phyle, and a firm that would like to have it all."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Somebody, before they have an account."""

    name: str
    phyle: Literal["makers", "housing"]
    full_name: str
    about: str
    founds: bool = False


CAST: tuple[Role, ...] = (
    Role(
        name="greta",
        phyle="makers",
        full_name="Greta Lindner",
        about="Regelungstechnik. Ich baue Geräte, die man aufschrauben darf.",
        founds=True,
    ),
    Role(
        name="inaki",
        phyle="makers",
        full_name="Iñaki Etxeberria",
        about="Electrónica y soldadura. Los planos, abiertos o nada.",
        founds=True,
    ),
    Role(
        name="maeve",
        phyle="makers",
        full_name="Maeve Doyle",
        about="Firmware, field tests, and the manual that everybody reads last.",
        founds=True,
    ),
    Role(
        name="yusuf",
        phyle="makers",
        full_name="Yusuf Demir",
        about="Mechanic. I print cases and mend pumps.",
    ),
    Role(
        name="carmen",
        phyle="housing",
        full_name="Carmen Ruiz",
        about="Vivo en el Lindenhof y llevo las cuentas de la calefacción.",
        founds=True,
    ),
    Role(
        name="tobias",
        phyle="housing",
        full_name="Tobias Brandt",
        about="Hausmeister im Kollektiv. Wir heizen 64 Wohnungen.",
        founds=True,
    ),
    Role(
        name="hannah",
        phyle="housing",
        full_name="Hannah Okoye",
        about="Tenant, treasurer, and the one who reads statutes for fun.",
        founds=True,
    ),
    Role(
        name="bruno",
        phyle="housing",
        full_name="Bruno Keller",
        about="Heizungsbauer, seit März im Hauskollektiv. Ich schreibe auch Code, wenn mich jemand lässt.",
    ),
    Role(
        name="kessel",
        phyle="makers",
        full_name="Kessel & Sohn Wärme GmbH",
        about="Heating contractors since 1974. 38 employees.",
    ),
)
PASSWORD = "a-demo-is-no-secret"  # noqa: S105  # printed at the end, for accounts that only this machine reaches
