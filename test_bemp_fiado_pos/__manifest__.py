{
    "name": "Fiado: Tests with Other Point of Sale Addons",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "summary": "Leaves debts at tables, with rewards, and behind an employee's login",
    "author": "Bemp Fiado contributors",
    "license": "LGPL-3",
    "depends": ["bemp_fiado_pos", "pos_hr", "pos_loyalty", "pos_restaurant"],
    "assets": {
        "web.assets_tests": ["test_bemp_fiado_pos/static/tests/tours/**/*"],
    },
}
