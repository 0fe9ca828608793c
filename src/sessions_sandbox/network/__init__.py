"""How `https://*.acme.test` is reached, and the record of every exchange."""
