from . import fiado_commission_period
from . import sale_order_close
