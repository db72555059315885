"""How much every part of a model matters: several measures, one interface, one table.

`measure_importance` is the door; `MEASURES` names what there is.
"""

from compress.importance.measuring import MEASURES, measure_importance
from compress.importance.table import ImportanceTable, Row

__all__ = ["MEASURES", "ImportanceTable", "Row", "measure_importance"]
