"""The addon's screens in a real browser.

Runs in a Python environment of its own, beside a server of the demo shop.
"""
