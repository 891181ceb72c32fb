"""The parts of the bench: each measures one promise and holds it to its target."""
