"""The figures, one file each: what is counted over the facts of a month and what is made of the counts (C18); pure."""
