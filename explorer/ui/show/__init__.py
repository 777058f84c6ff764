"""Drawing that several pages share: plots, planes, sample lists, the player of a run, controls."""
