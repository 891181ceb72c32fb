"""What any service does when a customer's record is merged, split or erased."""
