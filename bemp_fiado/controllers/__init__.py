from . import pay
from . import portal
from . import reminder
from . import report
