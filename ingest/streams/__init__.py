"""The habits that all streams share: listening, falling back, leaving out what comes twice."""
