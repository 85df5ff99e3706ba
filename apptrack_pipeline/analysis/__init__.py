"""How well the resume fits a posting, each point with the words that show it."""
