"""Long trials with a real server: each module has a ``run(odoo)``, which returns what
didn't hold as a list of sentences."""
