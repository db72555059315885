"""Talking to an OpenAI-compatible server: what it understands, what goes wrong, when to try again."""
