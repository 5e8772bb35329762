"""The seams: what each part promises, written for those who call it.

A part is one module that ends in ``PART: Part[...] = Part(Options, make)``.
"""
