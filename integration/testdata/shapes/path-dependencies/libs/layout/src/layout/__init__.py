from text_width import widest


def table(rows):
    width = widest(rows)
    return ["|" + row.ljust(width) + "|" for row in rows]
