"""What every training run has: settings, schedule, log, saved state, averaged weights."""
