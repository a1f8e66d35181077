from pathlib import Path

from shop.prices import price


def handler(event, context):
    root = Path(__file__).parent
    return {
        "price": price(event["item"]),
        "currency": (root / "shop/settings/currency.txt").read_text().strip(),
        "licence": (root / "LICENCES/shop.txt").read_text().strip(),
    }
