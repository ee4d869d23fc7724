"""The pages of Training Management."""
