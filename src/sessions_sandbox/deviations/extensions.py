"""What is not a feature of Okta, and off until its switches are turned."""

from sessions_sandbox.deviations.deviation import Deviation

EXTENSIONS: tuple[Deviation, ...] = (
    Deviation(
        "Typed access tokens",
        "Access tokens of the Custom servers have the type `at+jwt`, and the claims `client_id` and `scope` "
        "beside Okta's `cid` and `scp`",
        "No type, and `cid` and `scp` alone",
        "RFC 9068 §2.1, §2.2",
        ("rfc9068",),
    ),
    Deviation(
        "The issuer in authorization responses",
        "Answers of the authorization endpoint, errors included, name their issuer in `iss`",
        "No `iss`",
        "RFC 9207 §2",
        ("authorization_response_iss",),
    ),
    Deviation(
        "Signed introspection",
        "A confidential client that accepts `application/token-introspection+jwt` gets a signed answer",
        "JSON",
        "RFC 9701",
        ("jwt_introspection",),
    ),
    Deviation(
        "Logout by back channel",
        "ID tokens name the session at the identity provider in `sid`, and its end is told to each client "
        "that signed the user in in that session and has registered where: the client `bff` has, and your "
        "own app can, by `backchannel_logout_uris`. So it is at a logout, when an administrator ends it, and "
        "when another user signs in in the same browser; a session that time ends, or an account that is "
        "switched off, is not told. Each answer is noted in the system log",
        "Not documented",
        "OpenID Connect Back-Channel Logout 1.0",
        ("back_channel_logout",),
    ),
    Deviation(
        "Logout that ends tokens",
        "A logout ends the grants of the browser's session, with their access and refresh tokens",
        "Tokens survive a logout",
        "None",
        ("revoke_on_logout",),
    ),
    Deviation(
        "Security events to the API",
        'Where the API validates by "denylist" or "not_before", the Custom server tells it of each '
        "revocation, by a signed event that it sends to `/events`",
        "An API is not told",
        "RFC 8417, RFC 8935, OpenID Continuous Access Evaluation Profile 1.0",
        ("api_validation",),
    ),
    Deviation(
        "Status lists",
        'Where the API validates by "status_list", the Custom servers publish a list of the status of their '
        "access tokens, in which each token names its place; `status_list_seconds` is how long a copy is "
        "good",
        "No such list",
        "draft-ietf-oauth-status-list",
        ("api_validation", "status_list_seconds"),
    ),
)
