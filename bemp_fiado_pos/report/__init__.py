from . import fiado_audit
from . import fiado_billing
from . import fiado_wallet_entry
