from odoo import api, models
from odoo.tools import format_date

# How many instalments a sentence names one by one.
NAMED = 4


class FiadoPolicy(models.AbstractModel):
    """What is said of instalments."""

    _inherit = "fiado.policy"

    @api.model
    def _get_instalments_text(self, instalments, currency, is_short=True):
        """Instalments in a few words: how many, of how much each, and when.

        :param list instalments: pairs of a due date and an amount, the first due first
        :param currency: of the amounts
        :param bool is_short: leave out those between the first ones and the last where
            there are many
        """
        named = [
            self.env._(
                "%(amount)s on %(date)s",
                amount=currency.format(amount),
                date=format_date(self.env, day),
            )
            for day, amount in instalments
        ]
        if is_short and len(named) > NAMED:
            named = [*named[: NAMED - 2], "…", named[-1]]
        values = {"count": len(instalments), "instalments": ", ".join(named)}
        if len(instalments) == 1:
            return self.env._("1 instalment: %(instalments)s", **values)
        return self.env._("%(count)s instalments: %(instalments)s", **values)
