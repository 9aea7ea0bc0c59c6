from . import portal
from . import reminder
from . import report
