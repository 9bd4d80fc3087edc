"""Checking whether a file was made here, and is unaltered.

from genai import check
check.examine(open("fashion-seed7.png", "rb").read()).kind
"""

from genai.check.examination import OURS, Examiner, Finding, Kind, examine

__all__ = ["OURS", "Examiner", "Finding", "Kind", "examine"]
