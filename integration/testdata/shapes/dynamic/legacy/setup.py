from pathlib import Path

from setuptools import setup

setup(
    name="legacy",
    version="1.0",
    py_modules=["legacy"],
    install_requires=Path("requirements.txt").read_text().split(),
)
