"""The Audio tab's views: result, walk as a sequence of sounds."""
