"""What a question may mean, and what not to overlook of who arrives; pure."""
