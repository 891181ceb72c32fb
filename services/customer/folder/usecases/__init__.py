"""What is put into a folder and taken out."""
