"""What the source ``webhook`` decides: who may push, and what a push means."""
