"""What is done about requests and time limits."""
