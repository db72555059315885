from collections import deque


def barber(customers, cut):
    line = deque(customers)
    minute = 0
    busy = 0
    end = 0
    gone = 0
    while line:
        while line and line[0][0] + line[0][1] < minute:
            line.popleft()
            gone += 1
        if line and line[0][0] <= minute and busy == 0:
            line.popleft()
            busy = cut
            end = minute + cut
        minute += 1
        busy = max(busy - 1, 0)
    return end, gone
