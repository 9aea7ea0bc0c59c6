{
    "name": "Fiado: Subscriptions",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Sales/Sales",
    "summary": "What OCA's subscriptions sell leaves debt in wallets, and no credit",
    "author": "Bemp Fiado contributors",
    "license": "AGPL-3",
    "depends": ["bemp_fiado", "subscription_oca"],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}
