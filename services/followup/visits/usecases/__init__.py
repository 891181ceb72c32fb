"""What is done with visits, and with what customers wish."""
