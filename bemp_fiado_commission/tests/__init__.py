from . import test_commission
from . import test_internal_sale
from . import test_life
from . import test_odoo_internals
from . import test_report
from . import test_tours
from . import test_translations
from . import test_uninstall
