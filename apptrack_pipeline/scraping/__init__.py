"""What a posting says, read from the page that a person captured."""
