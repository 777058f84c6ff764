"""What the pages share: settings and links, pickers, plots that update in place."""
