"""What the reader calls what was brought, and how that will stand on the pages."""

from __future__ import annotations

from pathlib import Path

from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.data import limits
from explorer.data.class_names import plain_name
from explorer.ui import say


def pick_name(place: DeltaGenerator, file: UploadedFile) -> str:
    """The field, at first with the file's own name."""
    return place.text_input("Name", Path(file.name).stem, max_chars=limits.NAME, key=f"name of {file.file_id}")


def say_kept_name(name: str) -> None:
    """How a name will be kept, where that is not as it was typed."""
    kept = plain_name(name)
    if kept and kept != name.strip():
        say.info(f"It will be called “{kept}”: a name has at most {limits.NAME} letters and no markup.")
