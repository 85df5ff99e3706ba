"""The running instance: its home folder, its processes, and what is wrong with it."""
