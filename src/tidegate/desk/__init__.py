"""The reading desk: a story with its claims, what the ledger knows of each, and what people decided."""

from tidegate.desk.deciding import accepted_file, decide_claim, edited_claim
from tidegate.desk.lay_out import EXAMPLE, example_story, find_story, lay_out
from tidegate.desk.marks import Piece, mark_passages
from tidegate.desk.record import DeskClaim, DeskStory
from tidegate.desk.stories import example_table, story_table

__all__ = [
    "EXAMPLE",
    "DeskClaim",
    "DeskStory",
    "Piece",
    "accepted_file",
    "decide_claim",
    "edited_claim",
    "example_story",
    "example_table",
    "find_story",
    "lay_out",
    "mark_passages",
    "story_table",
]
