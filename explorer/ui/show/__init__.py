"""Drawing shared by several pages: plots, planes, sample lists, the player of a run, controls, explanations."""
