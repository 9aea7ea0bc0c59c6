"""What reminding costs a shop with ten thousand customers in debt: the first page of
the list, next to plain SQL for the same rows, and the e-mails of a morning."""

import time
from functools import partial

import shops

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL, split_every

from odoo.addons.bemp_fiado.models.fiado_reminder_job import BATCH

from .measuring import compare, tell_ratios
from .reading import PAGE, count, create_reader, flow, page_of

DEBTORS = 10_000
# Each owes twice: one debt is a week overdue, the other one is due today.
DAYS = (-7, 0)
# What was sent of debts that are long paid, for each of the customers.
PAST = 8
# How many e-mails are measured, and how many a second there are to be.
MAILS, MAILS_PER_SECOND = 2_000, 20


def main(env):
    """Returns 1 if a bound is missed."""
    partners = _create_debtors(env)
    missed = tell_ratios(f"{DEBTORS} customers in debt", _measure_list(env))
    return max(missed, _measure_mails(env, partners[:MAILS]))


def _create_debtors(env):
    company = env.company
    company.write({"fiado_enabled": True, "fiado_reminders": True})
    stages = company.fiado_reminder_stage_ids
    stages.write({"start_date": "2020-01-01", "with_statement": False})
    partners = shops.create_customers(
        env,
        [
            {
                "email": f"customer{number}@example.com",
                "phone": f"+55 11 9{number:08}",
                "lang": "pt_BR",
            }
            for number in range(DEBTORS)
        ],
    )
    for batch in split_every(500, partners.ids):
        _leave_debts(env, batch)
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO fiado_reminder (partner_id, company_id, stage_id, due_date, days,
                                    channel, sent_at)
        SELECT partner_id, %s, %s, DATE '2024-01-01' + past, 0, 'email',
               TIMESTAMP '2024-01-01' + past * INTERVAL '1 day'
          FROM UNNEST(%s) partner_id, GENERATE_SERIES(1, %s) past
        """,
        [company.id, stages[0].id, partners.ids, PAST],
    )
    env.cr.execute("ANALYZE")
    env.cr.commit()
    return partners


def _leave_debts(env, partner_ids):
    """As an accountant's entry: wallets are what journal items say."""
    company, today = env.company, fields.Date.context_today(env["res.partner"])
    lines = [
        {
            "account_id": company.fiado_debt_account_id.id,
            "partner_id": partner_id,
            "debit": 25.0,
            "date_maturity": fields.Date.add(today, days=days),
        }
        for partner_id in partner_ids
        for days in DAYS
    ]
    loss = {
        "account_id": company.fiado_loss_account_id.id,
        "credit": 25.0 * len(lines),
    }
    journal = env["account.journal"].search(
        [
            ("type", "=", "general"),
            ("company_id", "=", company.id),
            ("id", "!=", company.fiado_journal_id.id),
        ],
        limit=1,
    )
    env["account.move"].create(
        {
            "journal_id": journal.id,
            "date": fields.Date.subtract(today, days=37),
            "line_ids": [Command.create(line) for line in (*lines, loss)],
        }
    ).action_post()


def _measure_list(env):
    cashier = create_reader(env, "cashier", "bemp_fiado.group_fiado_user")
    read = page_of(
        cashier["fiado.reminder.due"],
        "bemp_fiado.fiado_reminder_due_view_list",
        [("promised_on", "=", False)],
        "days desc, debt desc, partner_id",
    )
    due = _get_due(env)
    page = SQL(
        """
        SELECT due.*, (SELECT MAX(sent_at) FROM fiado_reminder sent
                        WHERE sent.partner_id = due.id AND sent.channel != 'covered')
          FROM (%s ORDER BY due_date, debt DESC, complete_name LIMIT %s) due
        """,
        due,
        PAGE,
    )
    peers = [partial(env.execute_query, query) for query in (page, count(due))]
    found = read()
    rows, [(length,)] = [peer() for peer in peers]
    own = [(row["debt"], str(row["due_date"])) for row in found["records"]]
    if (found["length"], own) != (length, [(float(r[3]), str(r[4])) for r in rows]):
        raise RuntimeError("The list and its peer don't say the same.")
    figures = compare((cashier, flow(read)), (env, flow(*peers)), rounds=15)
    yield "first page of the reminders due today", *figures, 2


def _get_due(env):
    """Who is to be reminded, as a database administrator would ask."""
    return SQL(
        """
        WITH debt AS (
            SELECT partner_id, date_maturity AS due_date, SUM(amount_residual) AS owed
              FROM account_move_line
             WHERE account_id = %(account)s
               AND reconciled IS NOT TRUE
               AND parent_state = 'posted'
          GROUP BY partner_id, date_maturity
        ),
        reached AS (
            SELECT DISTINCT ON (debt.partner_id)
                   debt.partner_id, debt.due_date, stage.id AS stage_id
              FROM debt
              JOIN fiado_reminder_stage stage
                ON stage.company_id = %(company)s
               AND stage.active
               AND debt.due_date + stage.days BETWEEN stage.start_date AND %(today)s
             WHERE NOT EXISTS (
                   SELECT FROM fiado_reminder recorded
                    WHERE recorded.partner_id = debt.partner_id
                      AND recorded.company_id = %(company)s
                      AND recorded.stage_id = stage.id
                      AND recorded.due_date = debt.due_date)
          ORDER BY debt.partner_id, stage.days DESC, debt.due_date
        ),
        total AS (SELECT partner_id, SUM(owed) AS debt FROM debt GROUP BY partner_id)
        SELECT partner.id, partner.complete_name, partner.phone, total.debt,
               reached.due_date, reached.stage_id, partner.email_normalized
          FROM reached
          JOIN total ON total.partner_id = reached.partner_id
          JOIN res_partner partner ON partner.id = reached.partner_id
         WHERE partner.active
           AND partner.no_fiado_reminder IS NOT TRUE
           AND total.debt > 0
           AND NOT EXISTS (
               SELECT FROM fiado_promise promise
                WHERE promise.partner_id = partner.id
                  AND promise.active
                  AND promise.date >= %(today)s)
        """,
        account=env.company.fiado_debt_account_id.id,
        company=env.company.id,
        today=fields.Date.context_today(env["res.partner"]),
    )


def _measure_mails(env, partners):
    """The e-mails of the job, without statements, each batch with its commit."""
    reminders = env["fiado.reminder"]._in_company(env.company)
    start, sent = time.perf_counter(), 0
    for batch in split_every(BATCH, partners.ids):
        sent += len(
            reminders._send_emails(env["res.partner"].browse(batch), env.company)
        )
        env.cr.commit()
        env.invalidate_all()
    rate = sent / (time.perf_counter() - start)
    missed = sent != len(partners) or rate < MAILS_PER_SECOND
    print(
        f"{sent} e-mails, {rate:.0f} a second (bound: {MAILS_PER_SECOND})"
        f"{'  MISSED' if missed else ''}"
    )
    return int(missed)
