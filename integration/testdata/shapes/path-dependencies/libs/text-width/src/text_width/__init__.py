def widest(rows):
    return max(len(row) for row in rows)
