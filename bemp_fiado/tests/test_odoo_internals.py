import contextlib
import inspect
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.account.models import account_move, account_payment
from odoo.addons.base_import.models import base_import
from odoo.addons.payment.controllers.portal import PaymentPortal
from odoo.addons.portal.controllers.portal import CustomerPortal

from .common import FiadoCommon
from .internals import OdooInternals

# Where Odoo defines each, and with which parameters.
METHODS = {
    "_cast_as_float": (PaymentPortal, ""),
    "_compute_reference_prefix": ("payment.transaction", "separator values"),
    "_compute_show_tokenize_input_mapping": (PaymentPortal, "kwargs"),
    "_create_child_transaction": (
        "payment.transaction",
        "amount is_refund custom_create_values",
    ),
    "_create_payment": ("payment.transaction", "extra_create_values"),
    "_create_transaction": (
        PaymentPortal,
        "provider_id payment_method_id token_id amount currency_id partner_id flow "
        "tokenization_requested landing_route reference_prefix is_validation "
        "custom_create_values kwargs",
    ),
    "_get_available_tokens": (
        "payment.token",
        "providers_ids partner_id is_validation kwargs",
    ),
    "_get_compatible_payment_methods": (
        "payment.method",
        "provider_ids partner_id currency_id force_tokenization is_express_checkout "
        "report kwargs",
    ),
    "_get_compatible_providers": (
        "payment.provider",
        "company_id partner_id amount currency_id force_tokenization "
        "is_express_checkout is_validation report kwargs",
    ),
    "_get_processing_values": ("payment.transaction", ""),
    "_post_process": ("payment.transaction", ""),
    "_validate_transaction_kwargs": (PaymentPortal, "additional_allowed_keys"),
    "_add_tax_details_in_base_lines": ("account.tax", "base_lines company"),
    "_check_company_domain": ("account.account", "companies"),
    "_check_field_access": ("res.partner", "field operation"),
    "_commit_progress": ("ir.cron", "processed remaining deactivate"),
    "_check_for_qr_code_errors": (
        "res.partner.bank",
        "qr_method amount currency debtor_partner free_communication "
        "structured_communication",
    ),
    "_commercial_fields": ("res.partner", ""),
    "_compute_partner_invoice_id": ("sale.order", ""),
    "_compute_payment_difference_handling": ("account.payment.register", ""),
    "_compute_terms": (
        "account.payment.term",
        "date_ref currency company tax_amount tax_amount_currency sign untaxed_amount "
        "untaxed_amount_currency cash_rounding",
    ),
    "_convert_records": ("fiado.wallet.opening", "records log savepoint"),
    "_create_invoices": ("sale.order", "grouped final date"),
    "_create_payments": ("account.payment.register", ""),
    "_description_selection": (fields.Selection, "env"),
    "_description_string": (fields.Field, "env"),
    "_evaluate_res_ids": ("mail.compose.message", ""),
    "_field_will_change": ("account.move", "record vals field_name"),
    "_filtered_access": ("sale.order", "operation"),
    "_for_xml_id": ("ir.actions.act_window", "full_xml_id"),
    "_generate_journal_entry": (
        "account.payment",
        "write_off_line_vals force_balance line_ids",
    ),
    "_generate_move_vals": (
        "account.payment",
        "write_off_line_vals force_balance line_ids",
    ),
    "_get_action_add_from_catalog_extra_context": ("sale.order", ""),
    "_get_company_root_delegated_field_names": ("res.company", ""),
    "_get_error_messages_for_qr": (
        "res.partner.bank",
        "qr_method debtor_partner currency",
    ),
    "_get_outstanding_account": ("account.payment", "payment_type"),
    "_get_priced_lines": ("sale.order", ""),
    "_get_qr_code_generation_params": (
        "res.partner.bank",
        "qr_method amount currency debtor_partner free_communication "
        "structured_communication",
    ),
    "_get_tax_totals_summary": (
        "account.tax",
        "base_lines currency company cash_rounding",
    ),
    "_get_violated_lock_dates": ("res.company", "accounting_date has_tax journal"),
    "_guess_chart_template": ("account.chart.template", "country"),
    "_increase_rank": ("res.partner", "field n"),
    "_mail_get_operation_for_mail_message_operation": (
        "res.partner",
        "message_operation",
    ),
    "_merge": (
        "base.partner.merge.automatic.wizard",
        "partner_ids dst_partner extra_checks",
    ),
    "_phone_format": (
        "res.partner",
        "fname number country force_format raise_exception",
    ),
    "_post": ("account.move", "soft"),
    "_prepare_base_line_for_taxes_computation": ("sale.order.line", "kwargs"),
    "_prepare_invoice": ("sale.order", ""),
    "_prepare_portal_layout_values": (CustomerPortal, ""),
    "_read_csv": ("base_import.import", "options"),
    "_reconcile_payments": ("account.payment.register", "to_process edit_mode"),
    "_reconcile_plan": ("account.move.line", "reconciliation_plan"),
    "_render_field": (
        "mail.template",
        "field res_ids engine compute_lang res_ids_lang set_lang add_context options",
    ),
    "_render_qweb_pdf": ("ir.actions.report", "report_ref res_ids data"),
    "_reverse_moves": ("account.move", "default_values_list cancel"),
    "_reverse_quantity_base_line_extra_tax_data": ("account.tax", "extra_tax_data"),
    "_round_base_lines_tax_details": (
        "account.tax",
        "base_lines company tax_lines",
    ),
    "_search": (
        "fiado.billing",
        "domain offset limit order active_test bypass_access",
    ),
    "_search_display_name": ("res.partner", "operator value"),
    "_search_new_account_code": ("account.account", "start_code cache"),
    "_search_reconciled_invoice_ids": ("account.payment", "operator value"),
    "_search_reconciled_payment_ids": ("account.move", "operator value"),
    "_should_be_locked": ("sale.order", ""),
    "_trigger": ("ir.cron", "at"),
    "_update_foreign_keys": (
        "base.partner.merge.automatic.wizard",
        "src_partners dst_partner",
    ),
    "_update_values": (
        "base.partner.merge.automatic.wizard",
        "src_partners dst_partner",
    ),
}


def is_ours(definition):
    return definition.__module__.startswith("odoo.addons.bemp_fiado.")


@tagged("post_install", "-at_install")
class TestOdooInternals(OdooInternals, FiadoCommon):
    """The main addon's."""

    addon = Path(__file__).parents[1]
    methods = METHODS

    def test_odoo_reads_these_from_contexts(self):
        for module, key in (
            (account_move, "skip_invoice_sync"),
            (account_move, "bypass_lock_check"),
            (account_payment, "force_payment_move"),
            (base_import, "import_skip_records"),
        ):
            with self.subTest(key=key):
                self.assertIn(key, inspect.getsource(module))

    # What they are good for ---------------------------------------------------

    @contextlib.contextmanager
    def _without(self, model_name, name):
        """Take one of the addon's overrides out."""
        definition = next(
            base
            for base in self.env.registry[model_name].__mro__
            if is_ours(base) and name in vars(base)
        )

        def method(records, *args, **kwargs):
            return getattr(super(definition, records), name)(*args, **kwargs)

        with patch.object(definition, name, method):
            yield

    def _count_closing(self, *amounts, **values):
        order = self._order()
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        self._close(order, *amounts, use_balance=True, **values)
        self.env.flush_all()
        return self.env.cr.sql_log_count - start

    def test_overrides_that_are_there_for_their_gain_have_one(self):
        self._count_closing(30.0)  # what a worker reads once
        for model_name, name in (
            ("account.move", "_search_reconciled_payment_ids"),
            ("account.payment", "_search_reconciled_invoice_ids"),
            ("sale.order", "_prepare_invoice"),
        ):
            with self.subTest(name=name):
                with_it = self._count_closing(30.0)
                with self._without(model_name, name):
                    without = self._count_closing(30.0)
                self.assertLess(with_it, without)

    def test_one_reconciliation_costs_less_than_several(self):
        def reconcile_each(ledger, plan):
            for items in plan:
                ledger._elevated("account.move.line").union(items).reconcile()

        self._leave_debt(25.0)
        self._count_closing(65.0, debt_paid=10.0)
        with_it = self._count_closing(65.0, debt_paid=10.0)
        with patch.object(
            self.env.registry["fiado.ledger"], "_reconcile", reconcile_each
        ):
            without = self._count_closing(65.0, debt_paid=5.0)
        self.assertLess(with_it, without)
        self.assertEqual(self._receivable_open(), (0.0, 0.0))

    def test_entries_are_not_synchronised(self):
        ledger = self.env["fiado.ledger"].with_company(self.company)
        wallet = ledger._open_wallet(self.maria, self.company)
        values = ledger._prepare_move_vals(
            wallet,
            [(wallet, self.debt_account, -5.0), (wallet, self.income, 5.0)],
            "adjustment",
        )
        Move = self.env.registry["account.move"]
        with patch.object(
            Move, "_sync_dynamic_line", autospec=True, return_value=None
        ) as synchronised:
            ledger._create_prepared([values])
            self.assertFalse(synchronised.called)

    def test_the_rank_is_not_counted_after_the_commit(self):
        self._count_closing(30.0)
        key = "account.res.partner.increase_rank.customer_rank"
        counted = self.env.cr.postcommit.data.setdefault(key, {})
        counted.clear()
        self._count_closing(30.0)
        self.assertNotIn(self.maria.id, counted)
        with self._without("res.partner", "_increase_rank"):
            self._count_closing(30.0)
        self.assertIn(self.maria.id, counted)

    def test_sentinels_come_from_nowhere_else(self):
        """A caller has the same words, but not the same objects."""
        order = self._order()
        order.with_context(fiado_closing=True).action_confirm()
        invoice = order.sudo().with_context(fiado_closing=True)._create_invoices()
        self.assertFalse(invoice.fiado_order_id)
        self._close(order, 30.0, use_balance=True)
        for key in ("fiado_release", "bypass_lock_check"):
            forged = invoice.with_context(**{key: True})
            for tear in (
                forged.button_draft,
                forged.line_ids.remove_move_reconcile,
                lambda forged=forged: forged.line_ids.write(
                    {"partner_id": self.partner_b.id}
                ),
            ):
                with self.assertRaises(UserError):
                    tear()
        self.assertTiesOut()
