"""Tests, and programs that act as visitors of a page: their requests to this machine go through no proxy."""

from genai.environment import bypass_proxies

bypass_proxies()
