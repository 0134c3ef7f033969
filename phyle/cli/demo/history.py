"""The history of the repository in the story: what its people committed in the weeks before, file by file."""

from collections.abc import Mapping
from dataclasses import dataclass

from phyle.cli.demo.drawings import box, front

PROJECT = "warmwerk"
DESCRIPTION = "An open controller for heat pumps: firmware, case, wiring and manual."
_PEOPLE = {"greta": "Greta Lindner", "inaki": "Iñaki Etxeberria", "maeve": "Maeve Doyle", "yusuf": "Yusuf Demir"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A commit: who, how many days ago at which hour, and what."""

    who: str
    days: int
    hour: int
    message: str
    files: Mapping[str, str | bytes]


def marked(who: str, text: str) -> str:
    """A source file with its licence in its head, as REUSE asks for it."""
    return f"# SPDX-FileCopyrightText: {_PEOPLE.get(who, who)}\n# SPDX-License-Identifier: PPL\n\n{text}"


_LICENCE = """Peer Production License

Copyleft attitude; commons for commoners. The text by Dmytri Kleiner and John Magyar is published at
https://wiki.p2pfoundation.net/Peer_Production_License

This repository was made for a demonstration and holds this reference in the place of the whole text.
"""
_REUSE = """version = 1

[[annotations]]
path = ["README.md", "docs/**", "case/**", "wiki/**", "parts.csv", ".gitignore"]
SPDX-FileCopyrightText = "Offene Werkstatt and contributors"
SPDX-License-Identifier = "PPL"
"""
_README = """# warmwerk

An open controller for air-to-water heat pumps, to be built, read and mended by whoever lives with it.

![The front, with display and two knobs](docs/front.png)

Most heat pumps are driven by a box that nobody may open. This one costs 84 euros in parts, follows the weather by a
curve that you can see, and writes down every decision it takes. It has run in a workshop in Freiburg for two winters.

- [Wiring](docs/wiring.md): read this before you touch anything that hums
- [Parts](parts.csv): what to buy, and from whom
- `case/`: the case, to be printed (PETG, 0.2 mm, no supports)
- `firmware/`: Python for a Pico W

Deutsch: eine Anleitung liegt im Wiki. En castellano: buscamos a quien traduzca el manual.

Under the Peer Production License: co-operatives of those who work may earn with it, everybody may use it for nothing.
"""
_CURVE = '''"""How warm the water has to be for how cold it is outside: a straight line, bent at both ends."""


def flow(outside: float, slope: float = 1.1, foot: float = 22.0, most: float = 48.0) -> float:
    """Degrees Celsius of the flow."""
    wanted = foot + slope * (20.0 - outside)
    return min(max(wanted, foot), most)
'''
_CONTROLLER = '''"""The loop: measure, decide, say why, wait."""

from curve import flow


def step(outside: float, water: float, running: bool) -> tuple[bool, str]:
    """Whether the compressor runs, and the sentence that goes into the log."""
    wanted = flow(outside)
    if water < wanted - 2:
        return True, f"{water:.1f} is colder than {wanted:.1f}, so it runs"
    if water > wanted + 2:
        return False, f"{water:.1f} is warm enough for {wanted:.1f}"
    return running, "between the two, so nothing changes"
'''
_DEFROST = '''"""Ice on the outer coil costs more than melting it: when to turn the cycle round, and for how long."""

SHORTEST, LONGEST = 120, 480  # seconds


def needed(coil: float, outside: float, minutes_running: int) -> bool:
    """Whether the coil is so much colder than the air that it must be iced."""
    return minutes_running > 35 and outside < 6 and coil < outside - 9


def seconds(outside: float) -> int:
    """How long, at most: longer in wet cold around zero than in dry frost."""
    return SHORTEST + int(60 * max(0.0, 6 - abs(outside))) if outside > -7 else LONGEST
'''
_WIRING = """# Wiring

**The compressor's side carries 400 V. Whoever is not trained for it leaves it to somebody who is.**

| Terminal | Goes to | Wire |
| --- | --- | --- |
| 1, 2 | outside sensor (NTC 10k) | 2 × 0.5 mm² |
| 3, 4 | flow sensor (NTC 10k) | 2 × 0.5 mm² |
| 5, 6 | release contact, potential free | 2 × 0.75 mm² |
| 7 | protective earth | green and yellow |

Keep the sensors' wires a hand's breadth away from everything that is switched.
"""
_PARTS = """part,count,euros,from
Raspberry Pi Pico W,1,7.00,any shop
Display 128x64 SSD1309,1,14.50,any shop
NTC 10k in a sleeve,3,4.20,Reichelt
Relay board potential free,1,11.90,Reichelt
Power supply 5 V DIN rail,1,18.40,Mean Well
Knob with encoder,2,3.10,any shop
Terminals and wire,1,16.00,
"""

HISTORY: tuple[Step, ...] = (
    Step(
        who="greta",
        days=61,
        hour=19,
        message="Begin with what we know",
        files={
            "README.md": "# warmwerk\n\nAn open controller for heat pumps. Not yet.\n",
            "LICENSES/PPL.txt": _LICENCE,
        },
    ),
    Step(
        who="greta",
        days=60,
        hour=21,
        message="Compute the flow from the weather",
        files={"firmware/curve.py": marked("greta", _CURVE.replace("slope: float = 1.1", "slope: float = 1.4"))},
    ),
    Step(who="inaki", days=54, hour=18, message="Say where each wire goes", files={"docs/wiring.md": _WIRING}),
    Step(
        who="greta",
        days=52,
        hour=22,
        message="Run the compressor between two bounds\n\nOne bound makes it start forty times an hour.",
        files={"firmware/controller.py": marked("greta", _CONTROLLER)},
    ),
    Step(
        who="yusuf",
        days=45,
        hour=16,
        message="Draw the case, two millimetres of wall",
        files={"case/bottom.stl": box("bottom", 142, 90, 38, 2.0), "case/lid.stl": box("lid", 146, 94, 12, 2.0)},
    ),
    Step(who="inaki", days=44, hour=20, message="List the parts with prices", files={"parts.csv": _PARTS}),
    Step(
        who="maeve",
        days=37,
        hour=9,
        message="Flatten the curve after a winter of data\n\n1.4 was three degrees too warm on every mild day.",
        files={"firmware/curve.py": marked("greta", _CURVE)},
    ),
    Step(
        who="maeve",
        days=30,
        hour=10,
        message="Melt the ice, and not longer than it takes",
        files={"firmware/defrost.py": marked("maeve", _DEFROST)},
    ),
    Step(
        who="yusuf",
        days=24,
        hour=17,
        message="Make the walls three millimetres\n\nThe lid broke when the terminal block was tightened.",
        files={"case/bottom.stl": box("bottom", 144, 92, 39, 3.0), "case/lid.stl": box("lid", 148, 96, 13, 3.0)},
    ),
    Step(who="greta", days=17, hour=20, message="Say under which licence each file is", files={"REUSE.toml": _REUSE}),
    Step(who="maeve", days=12, hour=11, message="Show the front", files={"docs/front.png": front()}),
    Step(who="greta", days=9, hour=19, message="Tell people what this is", files={"README.md": _README}),
    Step(
        who="inaki",
        days=4,
        hour=21,
        message="Avoid the cheap relay\n\nIts contacts weld above two amperes; ours did.",
        files={"parts.csv": _PARTS.replace("11.90,Reichelt", "13.60,Finder")},
    ),
)

WIKI_TITLE = "Einbau und Inbetriebnahme"
WIKI = """# Einbau und Inbetriebnahme

1. Sicherung heraus, Schild davor, Nachbarin Bescheid sagen.
2. Fühler setzen: außen an die Nordwand, im Vorlauf unter die Dämmung.
3. Nach [der Tabelle](../docs/wiring.md) verdrahten und von jemand Zweitem prüfen lassen.
4. Heizkurve auf 1,1 stellen und eine Woche in Ruhe lassen. Wer täglich dreht, lernt nichts.

Fragen gern auf Deutsch, Englisch oder Spanisch als Ticket.
"""
LEGIONELLA = '''"""Once a week the tank is heated through, so that nothing grows in it (DVGW W 551)."""

HOT, MINUTES = 60.0, 30
WEEKDAY = 1  # Tuesday, when the house needs least


def due(weekday: int, hour: int, minutes_hot: int) -> bool:
    """Whether the tank has to be heated now."""
    return weekday == WEEKDAY and hour >= 2 and minutes_hot < MINUTES
'''
NIGHT = '''"""The house sleeps from ten to five: the flow goes down by four degrees, and comes back an hour early."""

LOWER = 4.0


def lowered(flow: float, hour: int) -> float:
    """Degrees Celsius of the flow, by the hour."""
    return flow - LOWER if hour >= 22 or hour < 5 else flow
'''
