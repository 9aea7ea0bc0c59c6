from . import fiado_billing
from . import fiado_commission
from . import fiado_commission_paper
