from . import fiado_payment
from . import fiado_wallet
from . import fiado_wallet_entry
