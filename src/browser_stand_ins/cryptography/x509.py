"""Certificates: none. The loader tells only what cannot be one."""

from typing import NoReturn

from ._missing import missing
from .hazmat.primitives._der import SEQUENCE, DerReader


def load_der_x509_certificate(data: bytes, backend: object = None) -> NoReturn:
    """Refuse these bytes.

    PyJWT asks this of every HMAC secret, as a certificate must not be one, and goes on after a ValueError. So
    ValueError is raised only for what cannot be a certificate, nor a public key that the stand-in does not
    know; what may be one of them raises NotImplementedError.
    """
    certificate_or_key = DerReader(data).only(SEQUENCE)
    certificate_or_key.read(SEQUENCE)
    raise NotImplementedError(missing("reading DER certificates, and public keys in DER that are not RSA"))
