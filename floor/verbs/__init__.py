"""What the command line does: one module per verb; like the command line, it may know every room."""
