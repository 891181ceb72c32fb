"""How any service meets its database: transactions, outbox, inbox, commands done once, policies, migrations."""
