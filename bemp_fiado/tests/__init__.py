from . import test_close_order
from . import test_close_refused
from . import test_company
from . import test_cost
from . import test_payment_forms
from . import test_read_models
from . import test_reference
from . import test_wallet_moves
