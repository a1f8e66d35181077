from with_uv_build import phrase


def greet(name):
    return phrase(name, __name__)
