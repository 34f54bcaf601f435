"""What stops flowing, what is substituted, stockpiled, diverted or built instead, and what it costs whom."""
