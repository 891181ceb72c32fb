"""The projections, one file each: how an event becomes a fact."""
