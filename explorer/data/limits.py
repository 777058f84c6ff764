"""How much data somebody may bring, declared once."""

UPLOAD = 500 * 2**20
"""Bytes of a file that is uploaded; `.streamlit/config.toml` says the same."""
UNPACKED = 2**30
"""Bytes that a zip or an npz may unpack to, and bytes of a file on disk."""
KEPT = 600 * 2**20
"""Bytes of all pictures once they have their size: keeping them takes a few times this memory for a moment."""
TABLE = 32 * 2**20
"""Bytes of a CSV, which takes up to twenty times as much while it is read."""
ENTRIES = 250_000
"""Files and folders in a zip or a folder, whatever they are."""
CLASSES = 1_000
SAMPLES = 200_000
"""Pictures or points."""
SIDE_LEAST, SIDE_MOST = 8, 224
"""Pixels that a picture is wide and high once it has its size."""
PICTURE = 64 * 2**20
"""Bytes of one picture's file."""
PIXELS = 50_000_000
"""Pixels of one picture, checked before it is decoded."""
RATIO = 100
"""How many times its own size a zip may unpack to, where that is more than a few megabytes; pictures hardly shrink."""
COLUMNS = 100
"""Of a CSV."""
NAME = 60
"""Characters of the name of a class, and of what somebody keeps."""
