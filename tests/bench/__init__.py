"""The bench: what the system costs, beside a hand-written peer and the machine's bare limits."""
