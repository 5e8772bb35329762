"""The inside of the ``elastic`` store: indices, writing, removing, reading."""
