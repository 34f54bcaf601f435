"""The questions of the site, in the order of the menu. A new one is a module here and a line below."""

# fmt: off
from tidegate.web.questions import today, brief, timeline, tide, map_, network, scenarios  # noqa: F401, I001
from tidegate.web.questions import bargain, exposure, study, ranking, routes  # noqa: F401
from tidegate.web.questions import rounds, check, screen, desk  # noqa: F401
from tidegate.web.questions import diff, measure, scenario, model_record  # noqa: F401
