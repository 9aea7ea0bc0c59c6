{
    "name": "Fiado: Tests with Other Addons",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "summary": "Pays debts online through Odoo's demo provider, as customers do",
    "author": "Bemp Fiado contributors",
    "license": "LGPL-3",
    "depends": ["bemp_fiado", "payment_demo"],
    "assets": {
        "web.assets_tests": ["test_bemp_fiado/static/tests/tours/**/*"],
    },
}
