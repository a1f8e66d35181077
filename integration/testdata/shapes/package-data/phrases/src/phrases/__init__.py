from importlib import resources


def load(language):
    return resources.files("phrases").joinpath(f"texts/{language}.txt").read_text().strip()
