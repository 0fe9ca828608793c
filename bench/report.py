"""How figures are printed: each with its unit, all with what they were measured on."""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured number: what it is, how much, and of what; `at_most` is what was promised, if anything."""

    name: str
    value: float
    unit: str
    at_most: float | None = None

    def __str__(self) -> str:
        line = f"{self.name:<60} {self.value:>10.2f} {self.unit}".rstrip()
        if self.at_most is None:
            return line
        return f"{line}  (at most {self.at_most:.4g}: {'kept' if self.value <= self.at_most else 'MISSED'})"


def machine(*packages: str) -> str:
    """What the figures were measured on: processor, cores, system, Python, and the versions of packages."""
    versions = "".join(f", {package} {version(package)}" for package in packages)
    return (
        f"measured on {_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}{versions}"
    )


def _processor() -> str:
    """The processor's name, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
