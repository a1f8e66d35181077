"""Turns a note into HTML."""

from markdown_it import MarkdownIt

from links import link


def handler(event, context):
    return {"url": link(event["title"]), "html": MarkdownIt().render(event["text"])}
