"""What authorization server and API say to each other of a revocation, as a Security Event Token (RFC 8417).

Not a feature of Okta's authorization servers for the APIs that take their tokens.
"""

SESSION_REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked"
"""The event type (OpenID Continuous Access Evaluation Profile 1.0 §3.1)."""
TOKEN_TYPE = "secevent+jwt"
MEDIA_TYPE = f"application/{TOKEN_TYPE}"
