from collections import deque


def glow(rows):
    light = {}
    queue = deque()
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell != "#":
                light[r, c] = int(cell) if cell.isdigit() else 0
                queue.append((r, c))
    while queue:
        r, c = queue.popleft()
        weaker = light[r, c] - 1
        for near in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
            if near in light and light[near] < weaker:
                light[near] = weaker
                queue.append(near)
    return sum(light.values())
