"""The pages people look at: written in ``markup``, kept alive by NiceGUI."""
