"""The app: state, background work, shared drawing, the sidebar, and one package for each page."""
