"""The demo city: rows of ``examples/chizhou`` carried through the use cases, in the order of the story."""
