"""Settings by section: one module and one class each."""
