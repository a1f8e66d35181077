def greet(name):
    return f"Hello {name} from {__name__}"


def main():
    print(greet("you"))
