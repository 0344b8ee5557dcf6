"""What is released and under which names: `.ci/targets.toml` and Cargo.toml, for the other scripts of this folder."""

import os
import tomllib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def toml(path):
    with open(os.path.join(ROOT, path), "rb") as file:
        return tomllib.load(file)


PACKAGE = toml("Cargo.toml")["package"]
VERSION = PACKAGE["version"]
TARGETS = toml(".ci/targets.toml")["target"]


def program(target):
    """The file name of the program."""
    return "cstar.exe" if target["archive"] == "zip" else "cstar"


def stem(target):
    """The name of the archive without its ending, and of the folder in it."""
    return f"cstar-{VERSION}-{target['name']}"


def archive(target):
    return f"{stem(target)}.{target['archive']}"


def url(file):
    """Where a file of this release is."""
    return f"{PACKAGE['repository']}/releases/download/v{VERSION}/{file}"
