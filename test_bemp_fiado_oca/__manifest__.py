{
    "name": "Fiado: Tests with OCA's Addons",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "summary": "Compares statements and ageing with those of OCA's partner_statement",
    "author": "Bemp Fiado contributors",
    "license": "LGPL-3",
    "depends": ["bemp_fiado", "partner_statement"],
}
