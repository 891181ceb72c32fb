"""What a delivery takes: its steps, where one may go, and when all of it will be done (C5); pure."""
