"""Rights and context of what the addon itself does in the accounts."""

# In the context of what the ledger itself takes back. RPC can't send it.
RELEASE = object()

# Nobody follows an entry that is made, posted and reconciled in one go.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "fiado_keep_rank": True,
}

# What of a caller's context is kept where rights are elevated.
KEPT_CONTEXT = {"allowed_company_ids", "lang", "tz", "uid"}


def elevate(records, **context):
    """The records with elevated rights and only what is harmless of their context: a
    caller's own could set defaults, and switch checks off, in what is made with them.

    :param context: what they get in the context instead
    """
    kept = {
        key: value for key, value in records.env.context.items() if key in KEPT_CONTEXT
    }
    return records.sudo().with_context({}, **(kept | context))
