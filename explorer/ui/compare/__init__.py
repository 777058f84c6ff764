"""The Compare page, section by section: original, unlearned and retrained, or an earlier run in the place of one."""
