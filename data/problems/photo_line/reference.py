from collections import deque


def line_up(heights):
    line = deque()
    left = False
    before = None
    for name in sorted(heights, key=lambda name: -heights[name]):
        if heights[name] != before:
            left = not left
            before = heights[name]
        if left:
            line.appendleft(name)
        else:
            line.append(name)
    return list(line)
