"""The leaderboard: submissions that are checked from raw replies, and a static site made of them."""

from core_bench.leaderboard.board import Board, Entry, build_board, find_suite, known_replies
from core_bench.leaderboard.checking import Checked, check_file
from core_bench.leaderboard.refusal import Finding, RefusedError
from core_bench.leaderboard.review import review
from core_bench.leaderboard.site import write_site
from core_bench.leaderboard.submission import ModelCard, Submission, schema_text
from core_bench.leaderboard.submitting import CARD_FIELDS, make_submission

__all__ = [
    "CARD_FIELDS",
    "Board",
    "Checked",
    "Entry",
    "Finding",
    "ModelCard",
    "RefusedError",
    "Submission",
    "build_board",
    "check_file",
    "find_suite",
    "known_replies",
    "make_submission",
    "review",
    "schema_text",
    "write_site",
]
