from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    professional_commission_id = fields.Many2one(
        "commission",
        string="Professional's Commission",
        help="What professionals get for this, instead of their own commission. Of a "
        "package it is that of all its parts.",
    )
