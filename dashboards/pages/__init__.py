"""The pages people look at, built with NiceGUI."""
