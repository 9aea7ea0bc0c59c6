"""Benchmarks: ``lab/bench`` names those that it runs. Most run in an Odoo shell and
have a ``main(env)``, which may return an exit code."""
