"""What makes records one, and two again."""
