from . import fiado_wallet_row  # what others inherit
from . import fiado_audit
from . import fiado_billing
from . import fiado_credit_state
from . import fiado_debtors
from . import fiado_payment
from . import fiado_statement
from . import fiado_wallet
from . import fiado_wallet_balance
from . import fiado_wallet_entry
from . import sale_order_slip
