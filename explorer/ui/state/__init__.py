"""What is selected, the settings of the pages, and their parts of a link; draws nothing."""
