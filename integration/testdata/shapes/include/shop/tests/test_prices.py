from shop.prices import price


def test_price():
    assert price("tea") == 3
