"""What the customer service does, one file per business idea: it keeps one record per person."""
