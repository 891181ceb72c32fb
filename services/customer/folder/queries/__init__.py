"""What a folder holds, and what it lacks."""
