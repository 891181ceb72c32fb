"""What the customer service shows, one file per question."""
