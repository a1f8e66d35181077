def price(item):
    return {"tea": 3}[item]
