def openings(times):
    hours = set()
    for part in times.split(",") if times else []:
        first, last = map(int, part.split("-"))
        if first > 23 or last > 23:
            raise ValueError(part)
        hours.add(first)
        hour = (first + 1) % 24
        while hour != last and len(hours) < 24:
            hours.add(hour)
            hour = (hour + 1) % 24
    return [hour for hour in sorted(hours) if (hour - 1) % 24 not in hours]
