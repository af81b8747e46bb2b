"""A module of a project that cannot be imported, for a reason of its own."""

raise LookupError("of the project")
