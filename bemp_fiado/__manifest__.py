{
    "name": "Fiado: store tab and customer wallet",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "summary": "Close orders that are not paid in full: what is missing becomes the "
    "customer's debt, what is too much becomes credit",
    "author": "Bemp Fiado contributors",
    "license": "LGPL-3",
    "depends": ["sale"],
    "data": [
        "security/bemp_fiado_groups.xml",
        "security/ir.model.access.csv",
        "security/fiado_wallet_security.xml",
        "views/res_config_settings_views.xml",
        "views/res_partner_views.xml",
        "views/sale_order_views.xml",
        "wizard/sale_order_close_views.xml",
        "report/fiado_wallet_entry_views.xml",
        "report/fiado_wallet_views.xml",
        "views/bemp_fiado_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["bemp_fiado/static/src/**/*"],
        "web.assets_tests": ["bemp_fiado/static/tests/tours/**/*"],
        "web.assets_unit_tests": ["bemp_fiado/static/tests/*.test.js"],
    },
    "application": True,
}
