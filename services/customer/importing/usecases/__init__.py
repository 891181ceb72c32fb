"""What is done with a file, from its first part to its last row."""
