"""What cases begin with: the same as everywhere."""

import itertools

TEXT = {"text": "x" * 500}
NUMBERS = itertools.count(1)


def form():
    """The ten fields of the form of `permit`; others in another case."""
    number = next(NUMBERS)
    return {
        "name": f"Erika Mustermann {number}",
        "mail": f"erika.{number}@example.org",
        "street": f"Hauptstraße {number % 211 + 1}",
        "district": f"D{number % 10_000:04}",
        "kind": "notice" if number % 2 == 0 else "permit",
        "begins": f"2027-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "days": number % 40 + 1,
        "area": number % 500 + 1,
        "lights": number % 3 == 0,
        "reason": f"Aufstellen von Tischen, Stühlen und einem Zelt vor dem Geschäft. Vorgang {number}.",
    }
