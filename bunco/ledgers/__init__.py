"""Ledgers of what was decided and sent: one module for each kind of store."""
