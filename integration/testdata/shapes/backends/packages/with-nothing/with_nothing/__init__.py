def greet(name):
    return f"Hello {name} from {__name__}"
