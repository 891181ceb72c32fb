"""What is done with vehicles."""
