"""Paper: sheets that are printed, signed and kept, as PDF from one template each (docs/decisions/0032)."""
