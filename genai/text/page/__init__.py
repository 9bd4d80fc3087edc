"""The Text tab's views: result, sampling strip, X-ray."""
