from . import reminder
from . import report
