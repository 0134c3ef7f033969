"""How OAuth says no: the refusals that carry a `code` of RFC 6749 (5.2) for the client's software.

Malformed
├── InvalidRequest   invalid_request          a parameter is missing or wrong
├── InvalidGrant     invalid_grant            the code is unknown, used, expired or not for this client
├── InvalidScope     invalid_scope            more was asked for than may be given
└── UnsupportedGrant unsupported_grant_type
Unproven
└── InvalidClient    invalid_client           the application is unknown, or its secret is wrong
Refused
└── NotYourToken     unauthorized_client      revoking what belongs to another application (RFC 7009, 2.1)
"""

from phyle.errors import Malformed, Refused, Unproven


class InvalidRequest(Malformed):
    code = "invalid_request"


class InvalidGrant(Malformed):
    code = "invalid_grant"


class InvalidScope(Malformed):
    code = "invalid_scope"


class UnsupportedGrant(Malformed):
    code = "unsupported_grant_type"


class InvalidClient(Unproven):
    code = "invalid_client"


class NotYourToken(Refused):
    code = "unauthorized_client"
