"""Scripts that make the numbers the package carries; not part of the package."""
