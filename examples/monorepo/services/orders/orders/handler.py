from shop_models import Order


def handler(event, context):
    return {"total": Order.model_validate(event).total}
