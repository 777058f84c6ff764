"""The sidebar: data set, model, forget set and seed."""
