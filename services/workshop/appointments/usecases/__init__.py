"""What the workshop does with appointments."""
