"""The gender of a person: of the resident ID (E2) or of a title (E6)."""

from __future__ import annotations

from enum import StrEnum


class Gender(StrEnum):
    """As the resident ID knows it."""

    MALE = "male"
    FEMALE = "female"
