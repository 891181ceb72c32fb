"""How the customer service says no: one file per idea, one class per refusal."""
