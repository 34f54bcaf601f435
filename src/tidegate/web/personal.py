"""Pages that show who asks and have forms for them: never kept by anybody on the way."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tidegate.web.access import Access, Visitor
from tidegate.web.forms import form_value
from tidegate.web.html import render
from tidegate.web.question import Site
from tidegate.web.respond import HTML

__all__ = ["personal_page"]


def personal_page(
    request: Request, site: Site, access: Access, visitor: Visitor, template: str, **values: Any  # noqa: ANN401
) -> Response:  # fmt: skip
    """Return a page whose template is given `visitor`, `has_names` and `form`, the value its forms carry."""
    form = form_value(request, access, visitor)
    page = render(template, site, visitor=visitor, has_names=access.has_names, form=form, **values)
    # 'same-origin' where other pages say nothing of where they are: forms are known by it.
    headers = {"cache-control": "no-store", "referrer-policy": "same-origin"}
    return Response(page, media_type=HTML, headers=headers)
