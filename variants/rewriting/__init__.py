"""The pieces that transforms are made of: text of expressions, edits, and forms of loops."""
