from pathlib import Path

from babel.numbers import format_currency
from jinja2 import Environment, FileSystemLoader
from shop_models import Order

templates = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"))


def handler(event, context):
    order = Order.model_validate(event)
    total = format_currency(order.total, "EUR", locale="en_IE")
    return {"receipt": templates.get_template("receipt.txt").render(order=order, total=total)}
