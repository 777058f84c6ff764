"""Limits on uploaded data."""

UPLOAD = 500 * 2**20
"""Bytes of an uploaded file; `.streamlit/config.toml` has the same limit."""
UNPACKED = 2**30
"""Bytes of an unpacked zip or npz, and of a file on disk."""
ALL_PICTURES = 600 * 2**20
"""Bytes of all resized pictures; saving them needs a few times this memory."""
TABLE = 32 * 2**20
"""Bytes of a CSV; reading it needs up to twenty times this memory."""
ENTRIES = 250_000
"""Files and folders of any kind in a zip or a folder."""
CLASSES = 1_000
"""Classes, and sub-classes."""
SAMPLES = 200_000
"""Pictures or points."""
SIDE_LEAST, SIDE_MOST = 8, 224
"""Width and height of a resized picture (pixels)."""
PICTURE = 64 * 2**20
"""Bytes of one picture's file."""
PIXELS = 50_000_000
"""Pixels of one picture; checked before decoding."""
RATIO = 100
"""Largest compression ratio of a zip above a few megabytes; picture formats are already compressed."""
COLUMNS = 100
"""Columns of a CSV."""
NAME = 60
"""Characters of the name of a class, a data set or a network."""
