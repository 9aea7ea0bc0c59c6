{
    "name": "Fiado: Point of Sale",
    "version": "19.0.1.2.0",
    "category": "Sales/Point of Sale",
    "summary": "What customers leave at the point of sale is in their wallets at once",
    "author": "Bemp Fiado contributors",
    "license": "LGPL-3",
    "depends": ["bemp_fiado", "pos_sale"],
    "data": [
        "data/mail_activity_type.xml",
        "views/pos_order_views.xml",
        "views/pos_payment_method_views.xml",
    ],
    "assets": {
        "point_of_sale._assets_pos": ["bemp_fiado_pos/static/src/app/**/*"],
        "web.assets_tests": ["bemp_fiado_pos/static/tests/tours/**/*"],
        "web.assets_unit_tests": ["bemp_fiado_pos/static/tests/unit/**/*"],
    },
    "auto_install": True,
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
