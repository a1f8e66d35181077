def phrase(name, module):
    return f"Hello {name} from {module}"
