def full(first, last):
    return f"{first} {last}"
