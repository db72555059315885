def column_colours(rows):
    result = ""
    width = len(rows[0]) if rows else 0
    for c in range(width):
        counts = {}
        for row in rows:
            pane = row[c]
            if pane != ".":
                counts[pane] = counts.get(pane, 0) + 1
        best = "."
        for pane in sorted(counts):
            if best == "." or counts[pane] > counts[best]:
                best = pane
        result += best
    return result
