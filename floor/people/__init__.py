"""Who works here and what each may do: accounts, roles, rights, groups."""
