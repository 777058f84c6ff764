"""Values derived from an experiment: computed once, stored and read from the store afterwards."""
