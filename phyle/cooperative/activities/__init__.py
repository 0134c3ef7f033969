"""What the co-operative says to other servers and hears from them."""
