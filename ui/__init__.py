"""The web face: one module a page, widgets only. It answers nothing itself; `kb` does."""
