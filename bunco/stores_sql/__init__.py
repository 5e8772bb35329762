"""The inside of the ``sqlite`` store: schema, connection, writing, erasing, reading."""
