"""When a record is complete, and which consent holds; pure."""
