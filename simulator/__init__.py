"""A dealer group in a box: people, files and months of business that do not exist."""
