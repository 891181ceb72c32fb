"""How any service speaks through the broker: events from relay to consumer, calls and their answers, what died."""
