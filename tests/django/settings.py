"""The settings of the test site."""
