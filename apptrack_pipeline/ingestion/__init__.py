"""How evidence comes in: captures now, mail and imports later. Pure readers beside the stores that keep them."""
