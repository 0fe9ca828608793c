"""How the stand-in refuses what it lacks."""

from collections.abc import Callable
from typing import ClassVar, NoReturn

from .exceptions import UnsupportedAlgorithm


def missing(what: str) -> str:
    """The message of a refusal."""
    return f"{what}: missing from the browser's stand-in for cryptography; the real library has it"


def refuse_algorithm(what: str) -> NoReturn:
    """Raises UnsupportedAlgorithm."""
    raise UnsupportedAlgorithm(missing(what))


def missing_function(what: str) -> Callable[..., NoReturn]:
    """A function that takes anything and raises NotImplementedError."""

    def refuse(*_values: object, **_named: object) -> NoReturn:
        raise NotImplementedError(missing(what))

    return refuse


class Missing:
    """A class to import and to ask about by `isinstance`. Making one raises UnsupportedAlgorithm."""

    what: ClassVar[str]

    def __init__(self, *_values: object, **_named: object) -> None:
        refuse_algorithm(self.what)

    @classmethod
    def _refuse(cls, *_values: object, **_named: object) -> NoReturn:
        refuse_algorithm(cls.what)

    generate = from_private_bytes = from_public_bytes = _refuse
