"""What an agency's figures say: how long steps take and whose time it was, who is served, what is late. Each bounded by a period."""
