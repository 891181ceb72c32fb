"""The rules of repair orders (C7, C8, C19); pure."""
