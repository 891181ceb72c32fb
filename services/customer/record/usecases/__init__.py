"""What is done with records: changed, matched, written, sealed."""
