"""Licences without a table of their own: those that allow every use to everybody, those for other than commercial use.

Which id is open was read from the SPDX licence list 3.27: approved by the Open Source Initiative or called free by the
FSF; with the Creative Commons, Open Data Commons and open hardware licences that allow every use and every change. The
list belongs to the version of the tables: what an older ledger took for open stays so.
"""

from phyle.cooperative.licences.tables import YES, Table, row

_OPEN = """
0BSD AAL AFL-1.1 AFL-1.2 AFL-2.0 AFL-2.1 AFL-3.0 AGPL-1.0 AGPL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.0
Apache-1.1 Apache-2.0 APL-1.0 APSL-1.0 APSL-1.1 APSL-1.2 APSL-2.0 Artistic-1.0 Artistic-1.0-cl8 Artistic-1.0-Perl
Artistic-2.0 BitTorrent-1.1 BlueOak-1.0.0 BSD-1-Clause BSD-2-Clause BSD-2-Clause-FreeBSD BSD-2-Clause-NetBSD
BSD-2-Clause-Patent BSD-3-Clause BSD-3-Clause-Clear BSD-3-Clause-LBNL BSD-4-Clause BSL-1.0 CAL-1.0
CAL-1.0-Combined-Work-Exception CATOSL-1.1 CC-BY-1.0 CC-BY-2.0 CC-BY-2.5 CC-BY-2.5-AU CC-BY-3.0 CC-BY-3.0-AT
CC-BY-3.0-AU CC-BY-3.0-DE CC-BY-3.0-IGO CC-BY-3.0-NL CC-BY-3.0-US CC-BY-4.0 CC-BY-SA-1.0 CC-BY-SA-2.0 CC-BY-SA-2.0-UK
CC-BY-SA-2.1-JP CC-BY-SA-2.5 CC-BY-SA-3.0 CC-BY-SA-3.0-AT CC-BY-SA-3.0-DE CC-BY-SA-3.0-IGO CC-BY-SA-4.0 CC-PDDC
CC-PDM-1.0 CC0-1.0 CDDL-1.0 CECILL-2.0 CECILL-2.1 CECILL-B CECILL-C CERN-OHL-1.1 CERN-OHL-1.2 CERN-OHL-P-2.0
CERN-OHL-S-2.0 CERN-OHL-W-2.0 ClArtistic CNRI-Python Condor-1.1 CPAL-1.0 CPL-1.0 CUA-OPL-1.0 ECL-1.0 ECL-2.0 eCos-2.0
EFL-1.0 EFL-2.0 Entessa EPL-1.0 EPL-2.0 EUDatagrid EUPL-1.1 EUPL-1.2 Fair Frameworx-1.0 FSFAP FTL GFDL-1.1
GFDL-1.1-no-invariants-only GFDL-1.1-no-invariants-or-later GFDL-1.1-only GFDL-1.1-or-later GFDL-1.2
GFDL-1.2-no-invariants-only GFDL-1.2-no-invariants-or-later GFDL-1.2-only GFDL-1.2-or-later GFDL-1.3
GFDL-1.3-no-invariants-only GFDL-1.3-no-invariants-or-later GFDL-1.3-only GFDL-1.3-or-later gnuplot GPL-2.0 GPL-2.0+
GPL-2.0-only GPL-2.0-or-later GPL-3.0 GPL-3.0+ GPL-3.0-only GPL-3.0-or-later GPL-3.0-with-GCC-exception HPND ICU IJG
iMatix Imlib2 Intel IPA IPL-1.0 ISC Jam LAL-1.2 LAL-1.3 LGPL-2.0 LGPL-2.0+ LGPL-2.0-only LGPL-2.0-or-later LGPL-2.1
LGPL-2.1+ LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0 LGPL-3.0+ LGPL-3.0-only LGPL-3.0-or-later LiLiQ-P-1.1 LiLiQ-R-1.1
LiLiQ-Rplus-1.1 LPL-1.0 LPL-1.02 LPPL-1.2 LPPL-1.3a LPPL-1.3c MirOS MIT MIT-0 MIT-Modern-Variant Motosoto MPL-1.0
MPL-1.1 MPL-2.0 MPL-2.0-no-copyleft-exception MS-PL MS-RL MulanPSL-2.0 Multics NASA-1.3 Naumen NCSA NGPL Nokia NOSL
NPL-1.0 NPL-1.1 NPOSL-3.0 NTP Nunit OCLC-2.0 ODbL-1.0 ODC-By-1.0 OFL-1.0 OFL-1.1 OFL-1.1-no-RFN OFL-1.1-RFN OGL-UK-3.0
OGTSL OLDAP-2.3 OLDAP-2.7 OLDAP-2.8 OLFL-1.3 OpenSSL OSET-PL-2.1 OSL-1.0 OSL-1.1 OSL-2.0 OSL-2.1 OSL-3.0 PDDL-1.0
PHP-3.0 PHP-3.01 PostgreSQL Python-2.0 QPL-1.0 RPL-1.1 RPL-1.5 RPSL-1.0 RSCPL Ruby SGI-B-2.0 SimPL-2.0 SISSL Sleepycat
SMLNJ SPL-1.0 StandardML-NJ TAPR-OHL-1.0 UCL-1.0 Unicode-3.0 Unicode-DFS-2016 Unlicense UPL-1.0 Vim VSL-1.0 W3C
W3C-20150513 Watcom-1.0 WTFPL wxWindows X11 XFree86-1.1 xinetd Xnet YPL-1.1 Zend-2.0 Zimbra-1.3 Zlib ZPL-2.0 ZPL-2.1
"""
_NONCOMMERCIAL = """
CC-BY-NC-1.0 CC-BY-NC-2.0 CC-BY-NC-2.5 CC-BY-NC-3.0 CC-BY-NC-3.0-DE CC-BY-NC-4.0 CC-BY-NC-SA-1.0 CC-BY-NC-SA-2.0
CC-BY-NC-SA-2.0-DE CC-BY-NC-SA-2.0-FR CC-BY-NC-SA-2.0-UK CC-BY-NC-SA-2.5 CC-BY-NC-SA-3.0 CC-BY-NC-SA-3.0-DE
CC-BY-NC-SA-3.0-IGO CC-BY-NC-SA-4.0 PolyForm-Noncommercial-1.0.0
"""
OPEN_IDS = frozenset(_OPEN.split())
NONCOMMERCIAL_IDS = frozenset(_NONCOMMERCIAL.split())

_GRANTED = row(
    "allowed",
    ["the grant"],
    "The licensors granted a licence of its own for this; it allows what its terms say.",
    grant=frozenset({"reciprocity", "negotiated"}),
)
_BROKEN = row(
    "contested",
    ["termination"],
    "The user broke the terms for this work before. Whether the licence came back depends on what it says of its end: "
    "the licensors rule.",
    interpretive=True,
    breach=YES,
)

OPEN = Table(
    name="open/1",
    title="Open licences",
    text="https://spdx.org/licenses/",
    rows=(
        _GRANTED,
        _BROKEN,
        row(
            "allowed",
            ["the whole"],
            "An open licence allows every use to everybody, on its conditions: name the authors, keep the notices, and "
            "share alike where it says so.",
        ),
    ),
    worst={"breach": True, "grant": "none"},
)

NONCOMMERCIAL = Table(
    name="noncommercial/1",
    title="Licences for use that is not commercial",
    text="https://spdx.org/licenses/",
    rows=(
        _GRANTED,
        row(
            "needs-negotiation",
            ["non-commercial"],
            "The licence keeps commercial use for the licensors, whoever the user is.",
            purposes=["commercial"],
        ),
        _BROKEN,
        row(
            "allowed",
            ["non-commercial"],
            "The licence allows everybody what is not primarily for commercial advantage or monetary compensation.",
            purposes=["non-commercial"],
        ),
    ),
    worst={"breach": True, "grant": "none"},
)

OTHER = Table(
    name="other/1",
    title="Licences that no table is for",
    text="https://spdx.org/licenses/",
    rows=(
        _GRANTED,
        row(
            "needs-negotiation",
            ["unread"],
            "No table here is for this licence, so nothing is decided from it: read its text, and ask the licensors.",
            interpretive=True,
        ),
    ),
    worst={"grant": "none"},
)
