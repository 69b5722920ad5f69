"""The registry of budgeted projects and their yearly performance plans; knows nothing of any chat."""
