"""What the sandbox does otherwise than Okta, or where what Okta does is not documented."""

from sessions_sandbox.deviations.deviation import Deviation

DECISIONS: tuple[Deviation, ...] = (
    Deviation(
        "Time",
        "Stands still until a program moves it; a served sandbox keeps the system's time until a program "
        "connects",
        "Goes on",
    ),
    Deviation(
        "Ids, codes, cookies, refresh tokens",
        "Derived from a seed, the same in every run: for tests only",
        "Random",
        "RFC 6749 §10.10 asks for values that nobody can guess",
    ),
    Deviation(
        "Signing keys",
        "Eleven fixed RSA keys, published with the package: for tests only. Each server has three or "
        "four, and when they are used up, no more until a reset",
        "Secret",
    ),
    Deviation(
        "Published keys",
        "Two at the start: the one that signs and the next. The Org server has one, until a rotation "
        "publishes its next",
        "Two or three",
    ),
    Deviation(
        "Rotation of keys",
        'When a program says so, or plans it: `sandbox.rotate_keys("publish")`, then `"sign"`, then '
        '`"retire"`; each is refused while it would make a good token fail. Or `"emergency"`: the old '
        "key is gone at once. "
        "The key of the Org server's access tokens is not rotated",
        "About four times a year, the next keys published weeks ahead, and at once in an emergency",
    ),
    Deviation(
        "Names",
        "`https://idp.acme.test`, within your process or on loopback; a served one answers at "
        "`http://idp.localhost:PORT` too, under that issuer, and with `--tls` at `https://idp.localhost:PORT`",
        "Your organisation's domain, by TLS",
        "RFC 8414 §2 has an issuer with https",
    ),
    Deviation(
        "Client authentication",
        "A public client may send `Basic` with its id alone, without a colon, as Okta's client for "
        "browsers does",
        "Accepted, but not documented",
        "RFC 7617 §2 has a colon",
    ),
    Deviation(
        "Grants",
        "`authorization_code`, `refresh_token`, `client_credentials`. No implicit, no hybrid, no "
        "password grant",
        "Implicit, hybrid and password flows too",
        "RFC 9700 §2.1.2, §2.4",
    ),
    Deviation(
        "PKCE",
        "`S256` only; required of public clients, and kept to by the others once they send a challenge",
        "Can be required of every client",
        "RFC 9700 §2.1.1",
    ),
    Deviation(
        "Authorization requests",
        "`request`, `request_uri` and `registration` are refused, each by the error of its own",
        "A signed `request` is taken",
        "OpenID Connect Core 1.0 §3.1.2.6",
    ),
    Deviation(
        "Authorization responses",
        "In the query. Another `response_mode` is refused by Okta's error, `unsupported_response_mode`",
        "Also in the fragment, as a form, or by `postMessage`",
    ),
    Deviation(
        "The user who is meant",
        "The authorization endpoint takes an `id_token_hint`, which may have expired: no other user gets a "
        "code. What is no ID token of the client is `invalid_request`",
        "Not among the parameters that are documented",
        "OpenID Connect Core 1.0 §3.1.2.1, §3.1.2.2",
    ),
    Deviation(
        "Redeeming a code",
        "The `redirect_uri` has to be sent again, always",
        "Asks for it too",
        "RFC 6749 §4.1.3. OAuth 2.1, a draft, does without",
    ),
    Deviation(
        "Redirects",
        "303, always: no browser sends a form on to a client",
        "302 after a logout",
        "RFC 9700 §4.12",
    ),
    Deviation(
        "Lifetimes",
        "Okta's defaults: access and ID tokens 60 minutes, codes 300 seconds, refresh tokens 7 days idle "
        "(Custom) or 90 days in all (Org). `access_token_seconds`, `id_token_seconds` and "
        "`authorization_code_seconds` take any number of seconds up to a day, `refresh_idle_seconds` up to "
        "five years, `refresh_token_seconds` any; and for the Org server too. Where Okta would not allow it, "
        "the event `sandbox.switch` of the system log says so",
        "At a Custom server, access and ID tokens live 5 minutes to 24 hours, refresh tokens 10 minutes to 5 "
        "years or without limit, unused 5 minutes to 5 years. Codes live 300 seconds. At the Org server "
        "nothing can be changed",
        switches=(
            "access_token_seconds",
            "id_token_seconds",
            "authorization_code_seconds",
            "refresh_idle_seconds",
            "refresh_token_seconds",
        ),
    ),
    Deviation(
        "Rotation of refresh tokens",
        "One request wins, whatever the number of threads. Who sends the previous token again within the "
        "grace gets the same new token",
        "The previous token stays valid for the grace; what a retry gets is not documented",
        "RFC 9700 §4.14.2",
    ),
    Deviation(
        "Grace",
        "30 seconds for the client `spa`; `refresh_grace_seconds` takes any number",
        "0 to 60 seconds, by default 30",
        switches=("refresh_grace_seconds",),
    ),
    Deviation(
        "Introspection",
        "Any confidential client may ask about any token of the server, a public one about its own. "
        "`introspection_sees_revocation` can be turned off: other vendors' servers do not look at revocation",
        "Looks at revocation",
        "RFC 7662 §2.2 leaves it to the server",
        ("introspection_sees_revocation",),
    ),
    Deviation(
        "Revoking another client's token",
        "200 and no effect, noted in the log",
        "Not documented",
        "RFC 7009 §2.1 has the request refused, and the client told",
    ),
    Deviation(
        "Access tokens of the Org server",
        "Signed with a key that is not published, or, by `org_key_published`, with one that is and with the "
        "type `application/okta-internal-at+jwt`",
        "Documented is the first; the second has been observed since March 2024",
        switches=("org_key_published",),
    ),
    Deviation(
        "Layout of the Org server's access tokens",
        "`org_at_shuffle` changes it, to show what a client must not rely on",
        '"May change without notice"',
        switches=("org_at_shuffle",),
    ),
    Deviation(
        "Sign-in page",
        "A form of ours: name, password, a CSRF token",
        "Okta's page, with its policies and factors",
    ),
    Deviation(
        "Session at the identity provider",
        "The cookie is called `__Host-idp_sid`. Idle limit 120 minutes, no absolute limit; "
        "`idp_session_idle_seconds` and `idp_session_absolute_seconds` take any number, though a session "
        "that nobody uses is forgotten after a day",
        "The cookie is called `sid`; the limits are minutes of a policy",
        switches=("idp_session_idle_seconds", "idp_session_absolute_seconds"),
    ),
    Deviation(
        "Policies",
        "None: each user may sign in to each client with each scope of the server. Or, by `access_denied`, "
        "nobody to any",
        "A policy engine",
        "RFC 6749 §4.1.2.1",
        ("access_denied",),
    ),
    Deviation(
        "Consent",
        "Nobody is asked. Or, by `consent_required`, everybody, once for each client and scope, and "
        "again when the client sends `prompt=consent`, or the consent was withdrawn. That ends no token",
        "By client, scope and policy",
        "OpenID Connect Core 1.0 §3.1.2.4",
        ("consent_required",),
    ),
    Deviation(
        "DPoP",
        "Any client may bind its tokens to a key; `require_dpop` makes it a must, `dpop_nonce` makes a nonce "
        "of the server a must. Both are off at the start",
        "Set for each client; the token endpoint always asks for a nonce",
        "RFC 9449 §5, §8",
        ("require_dpop", "dpop_nonce"),
    ),
    Deviation(
        "Claims",
        "`profile` gives `name` and `preferred_username`, `email` gives `email` and `email_verified`, "
        "`address` and `phone` give `address` and `phone_number`, `groups` gives the group `Everyone`",
        "More, and your own",
        "OpenID Connect Core 1.0 §5.4",
    ),
    Deviation("Metadata", "Names only what is served", "Names more", "RFC 8414 §2"),
    Deviation(
        "Metadata for one client",
        "A `client_id` in the query changes nothing",
        "An unknown one gets an error of Okta's; its status is not documented",
    ),
    Deviation("CORS", "For the origins of the registered redirect URIs", "For a list of trusted origins"),
    Deviation(
        "System log",
        "Event names like Okta's, of which `app.oauth2.as.token.detect_reuse` and "
        "`app.oauth2.token.detect_reuse` are documented; the fields are ours",
        "More events, other fields",
    ),
    Deviation(
        "Logout",
        "`/v1/logout` wants an ID token of the server, which may have expired, and a registered address, "
        "if any. If the browser's session is another user's, it stays, and an error page says so. By "
        "POST from a page of another site there is no cookie (`SameSite=Lax`), and so no session to end",
        "Wants the same; without an address, the browser goes to the sign-in page",
        "OpenID Connect RP-Initiated Logout 1.0 §2",
    ),
    Deviation(
        "Rate limits",
        "Off at the start. `rate_limit` is how many requests a minute each endpoint of each server answers; "
        "`Retry-After` is sent along",
        "Limits of its own for groups of endpoints, by plan",
        switches=("rate_limit",),
    ),
    Deviation("Error texts", "Okta's where they are published, otherwise ours", "Not published throughout"),
)
