"""Benchmarks that run in an Odoo shell: each module has a ``main(env)``."""
