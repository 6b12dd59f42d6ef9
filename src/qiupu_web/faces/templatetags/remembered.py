"""What pages write most often, kept: words, addresses, static files, and rows whose contents were written before.

The first three read and write as Django's own tags do. A page of twenty rows holds some hundred of them, and Django works each
out anew; here a literal sentence is looked up once for each language, and an address once for each set of arguments.

``{% kept row %} ... {% endkept %}`` writes what is between from ``row`` and nothing else: no other variable exists inside. So
equal rows (a frozen dataclass of what is shown) give equal text, which is kept; a row that has changed is written anew.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as read_url
from django.templatetags.i18n import TranslateNode, do_translate
from django.templatetags.static import StaticNode
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
MOST_ADDRESSES = 16_384
MOST_KEPT = 2_000


class RememberedWords(Node):
    """A literal sentence, without filters or context: one text for each language."""

    def __init__(self, node: TranslateNode) -> None:
        self.plain = TranslateNode(node.filter_expression, node.noop)
        self.name = node.asvar
        self.kept: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        """Write the sentence, or set it as a variable."""
        lang = get_language()
        found = self.kept.get(lang)
        if found is None:
            found = self.kept[lang] = self.plain.render(context)
        if self.name:
            context[self.name] = found
            return ""
        return found


@lru_cache(maxsize=MOST_ADDRESSES)
def _address(lang: str | None, name: str, words: tuple[str, ...]) -> str:
    return str(conditional_escape(reverse(name, args=words)))


class RememberedAddress(URLNode):
    """The address of a view with plain arguments."""

    def render(self, context: Context) -> str:
        """Write the address, or set it as a variable."""
        if self.kwargs or self.asvar or not context.autoescape:
            return str(super().render(context))
        words = tuple(str(one.resolve(context)) for one in self.args)
        return _address(get_language(), self.view_name.resolve(context), words)


class RememberedFile(StaticNode):
    """The address of a file that is named literally."""

    kept: str = ""

    def render(self, context: Any) -> str:
        """Write the address, or set it as a variable."""
        if self.varname is not None or not context.autoescape:
            return str(super().render(context))
        self.kept = self.kept or str(super().render(context))
        return self.kept


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    """Read ``{% translate "..." %}``."""
    node = do_translate(parser, token)
    is_plain = not node.filter_expression.filters and isinstance(node.filter_expression.var.literal, str)
    return RememberedWords(node) if is_plain and not node.noop and node.message_context is None else node


@register.tag("url")
def url(parser: Parser, token: Token) -> URLNode:
    """Read ``{% url "..." %}``."""
    node = read_url(parser, token)
    return RememberedAddress(node.view_name, node.args, node.kwargs, node.asvar)


@register.tag("static")
def static(parser: Parser, token: Token) -> StaticNode:
    """Read ``{% static "..." %}``."""
    node = StaticNode.handle_token(parser, token)
    is_plain = not node.path.filters and not node.path.is_var
    return RememberedFile(node.varname, node.path) if is_plain else node


class Kept(Node):
    """A part of a page that depends on one value only."""

    def __init__(self, value: FilterExpression, name: str, body: NodeList) -> None:
        self.value, self.name, self.body = value, name, body
        self.kept: dict[tuple[Hashable, str | None], SafeString] = {}

    def render(self, context: Context) -> str:
        """Write it, or repeat what an equal value gave in this language."""
        key = (self.value.resolve(context), get_language())
        try:
            found = self.kept.get(key)
        except TypeError:  # a value that holds a list cannot be looked up; it is written anew each time
            return self.body.render(context.new({self.name: key[0]}))
        if found is None:
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            found = self.kept[key] = self.body.render(context.new({self.name: key[0]}))
        return found


@register.tag("kept")
def kept(parser: Parser, token: Token) -> Kept:
    """Read ``{% kept name %}`` or ``{% kept expression as name %}``."""
    words = token.split_contents()[1:]
    if len(words) not in (1, 3) or (len(words) == 3 and words[1] != "as"):
        raise template.TemplateSyntaxError(f"{token.contents}: kept VALUE [as NAME]")
    body = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(parser.compile_filter(words[0]), words[-1], body)
