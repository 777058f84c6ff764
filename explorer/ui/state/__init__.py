"""Session state: the selection, the settings of each page, and their parameters in a link. Draws nothing."""
