"""How an appointment moves, and when a bay can be had: pure."""
