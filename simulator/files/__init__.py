"""Four departmental files about people who do not exist, and the truth about who is who (F3, F4)."""
