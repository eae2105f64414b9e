"""Schema upgrades (Alembic), run at every start; shipped with the package."""
