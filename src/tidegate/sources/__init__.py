"""Readers of official and public files that a user brings along."""
