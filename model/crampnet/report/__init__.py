"""Floor 5: one value that holds an answer, and its renderings."""

from crampnet.report.insights import Insights
from crampnet.report.markdown import to_markdown
from crampnet.report.report import Report, Row, make_report

__all__ = ["Insights", "Report", "Row", "make_report", "to_markdown"]
