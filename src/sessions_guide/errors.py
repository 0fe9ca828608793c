"""The errors of the guide's own tools."""


class GuideError(Exception):
    """Something the guide cannot go on with. Its text says what is wrong and what to do."""


class LessonError(GuideError):
    """A fault in a lesson's page or program. Its text is `path:line: what is wrong; what to do`."""

    def __init__(self, path: str, line: int, what: str, remedy: str) -> None:
        super().__init__(f"{path}:{line}: {what}; {remedy}")
        self.path = path
        self.line = line
