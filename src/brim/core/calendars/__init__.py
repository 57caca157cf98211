"""calendars: TODO."""
