from odoo import api, models
from odoo.exceptions import UserError


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._fiado_check_posted()
        return partials

    def unlink(self):
        # Whoever unmatches something, on whichever button, comes through here.
        if self:
            self._fiado_check_kept()
        return super().unlink()

    def _get_fiado_items(self):
        """What these match, where it may stand on wallets: in companies with some."""
        items = self.sudo().debit_move_id | self.sudo().credit_move_id
        return items if items.company_id.fiado_journal_id else items.browse()

    def _fiado_check_posted(self):
        """Odoo matches drafts too, which would settle a debt that nothing settled.

        :raises UserError: an entry is not posted
        """
        items = self._get_fiado_items()
        drafts = items.move_id.filtered(lambda move: move.state == "draft")
        unposted = (items & drafts._get_fiado_lines()).move_id
        if unposted:
            raise UserError(
                self.env._(
                    "%(document)s is not posted yet, so it settles nothing in a "
                    "customer's wallet. Post it first.",
                    document=unposted[0].display_name,
                )
            )

    def _fiado_check_kept(self):
        """What settles an invoice or a payment of a closed order or of a wallet's
        movement stays matched with it.

        :raises UserError: says how it is undone
        """
        if not self._get_fiado_items():
            return
        for partial in self:
            items = partial.sudo().debit_move_id | partial.sudo().credit_move_id
            moves = items.move_id
            of_wallets = items & moves._get_fiado_lines()
            # In the wallets others match and unmatch too: bank statements. What took
            # a movement back stays with it.
            if not of_wallets or all(move._is_fiado_posted() for move in moves):
                moves._fiado_check_not_torn()
