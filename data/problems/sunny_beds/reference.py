def sunny_beds(garden):
    counts = []
    for row in garden:
        shade = 0
        sunny = 0
        for height in row:
            if height == 0 and shade == 0:
                sunny += 1
            shade = height if height >= shade else shade - 1
        counts.append(sunny)
    return counts
