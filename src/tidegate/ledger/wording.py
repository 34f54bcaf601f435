"""What the parts of a measure's record are called, for the terminal and the pages."""

from __future__ import annotations

__all__ = ["FIELDS", "LABELS", "PASSIVE"]

LABELS = {
    "condition": "why",
    "until": "ends by its text on",
    "until_announced": "end announced by officials",
    "printed": "text as printed",
}

PASSIVE = {
    "supersedes": "superseded by",
    "amends": "amended by",
    "suspends": "suspended by",
    "overlaps": "overlapped by",
    "mirrors": "mirrored by",
    "answers": "answered by",
    "counterpart": "counterpart",
}

FIELDS = (
    ("legal_form", "legal form"),
    ("citation", "citation"),
    ("official_url", "text"),
    ("instrument", "instrument"),
    ("effect", "effect"),
    ("licence_policy", "licence policy"),
    ("items", "items"),
    ("codes", "codes"),
    ("destinations", "destinations"),
    ("activities", "activities"),
    ("binds", "binds"),
    ("targets", "aimed at"),
    ("names", "touches"),
    ("conditions", "conditions"),
    ("scope_note", "scope note"),
    ("remarks", "remarks"),
    ("open_question", "open question"),
)
