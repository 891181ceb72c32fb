"""What sales does with money, by what it begins with."""
