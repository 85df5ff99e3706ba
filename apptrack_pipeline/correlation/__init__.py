"""Which evidence belongs to which application, and what an application is: the fold."""
