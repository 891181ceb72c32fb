"""What the view hears."""
