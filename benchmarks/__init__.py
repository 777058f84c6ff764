"""What is run by hand: how well and how fast things are, what is shipped, and the screenshots."""
