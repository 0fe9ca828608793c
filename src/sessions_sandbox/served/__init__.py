"""A sandbox in a process of its own: the server, its control endpoints, and the handle on it."""
