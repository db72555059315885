"""What can be known about a program from its text: its names, its types, its bindings."""
