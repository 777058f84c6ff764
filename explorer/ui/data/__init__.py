"""The Data page: what the reader brings, and the sets that are fetched."""
