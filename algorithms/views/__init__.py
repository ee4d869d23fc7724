"""The Algorithm Management pages."""
