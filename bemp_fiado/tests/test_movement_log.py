import logging

from odoo.fields import Command
from odoo.tests import tagged

from .common import FiadoCommon

LOGGER = "odoo.addons.bemp_fiado.models.fiado_ledger_log"


@tagged("post_install", "-at_install")
class TestMovementLog(FiadoCommon):
    """Each movement of a wallet leaves one line in the server's log once it is
    committed, without a word that says who the customer is."""

    def _commit(self):
        """The lines that a commit here would leave."""
        with self.assertLogs(LOGGER, logging.INFO) as logs:
            self.env.cr.postcommit.run()
        return [record.getMessage() for record in logs.records]

    def _line(self, move, user, **values):
        values = {"origin": "order", "order": "-"} | values
        return (
            f"wallet movement {values.get('event', 'posted')}: move={move} "
            f"company={self.company.id} partner={values['partner'].id} "
            f"amount={values['amount']} currency={self.company.currency_id.name} "
            f"origin={values['origin']} order={values['order']} user={user.id}"
        )

    def test_closing(self):
        order = self._order()
        self.env.cr.postcommit.clear()
        [move] = self._close(order, 30.0, use_balance=True, reference="Maria")[
            "move_ids"
        ]
        expected = self._line(
            move, self.cashier, partner=self.maria, amount="-25.00", order=order.id
        )
        self.assertEqual(self._commit(), [expected])

    def test_both_sides_of_a_transfer(self):
        joana = self.env["res.partner"].create({"name": "Joana"})
        self._leave_debt(10.0)
        self.env.cr.postcommit.clear()
        [move] = (
            self.maria.with_user(self.manager)
            .with_company(self.company)
            .fiado_transfer(joana.id, -10.0, "Sisters")["move_ids"]
        )
        expected = [
            self._line(
                move, self.manager, partner=partner, amount=amount, origin="transfer"
            )
            for partner, amount in ((self.maria, "10.00"), (joana, "-10.00"))
        ]
        self.assertCountEqual(self._commit(), expected)

    def test_what_an_accountant_undoes(self):
        accountant = self._new_user("accountant", "account.group_account_user")
        move = self.env["account.move"].with_user(accountant)
        move = move.with_company(self.company).create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.maria.id,
                            "balance": balance,
                        }
                    )
                    for account, balance in (
                        (self.debt_account, 25.0),
                        (self.income, -25.0),
                    )
                ],
            }
        )
        move.action_post()
        move.button_draft()
        expected = [
            self._line(
                *(move.id, accountant),
                event=event,
                partner=self.maria,
                amount="-25.00",
                origin="accounting",
            )
            for event in ("posted", "undone")
        ]
        self.assertEqual(self._commit(), expected)

    def test_nothing_before_the_commit(self):
        with self.assertNoLogs(LOGGER, logging.INFO):
            self._leave_debt(10.0)
            self.env.flush_all()
