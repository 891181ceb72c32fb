"""What the workshop does with repair orders."""
