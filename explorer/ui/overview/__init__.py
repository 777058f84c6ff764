"""The Overview page: a stored example and a lesson in five steps."""
