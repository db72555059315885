def openings(times):
    spans = []
    for text in times.split(","):
        if text == "":
            continue
        hours = [int(hour) for hour in text.split("-")]
        if any(hour > 23 for hour in hours):
            raise ValueError(hours)
        spans.append((hours[0], (hours[1] - hours[0] - 1) % 24 + 1))
    result = []
    for start, _ in sorted(set(spans)):
        before = (start - 1) % 24
        for other, length in spans:
            if (before - other) % 24 < length:
                break
        else:
            if start not in result:
                result.append(start)
    return result
