"""Checking a file that may have come from here.

from genai import check
check.examine(open("fashion-seed7.png", "rb").read()).kind
"""

from genai.check.examination import Finding, Kind, examine

__all__ = ["Finding", "Kind", "examine"]
