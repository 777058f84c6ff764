"""The Information page: alpha(x), gradients, leave-one-out information."""
