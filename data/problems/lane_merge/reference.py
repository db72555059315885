from collections import deque


def load(left, right):
    lanes = [deque(left), deque(right.upper())]
    ferry = []
    turn = 0
    while lanes[0] or lanes[1]:
        count = 1
        if ferry and ferry[-1] in "tT":
            count = 2
        while count > 0 and lanes[turn]:
            ferry.append(lanes[turn].popleft())
            count -= 1
        turn = 1 - turn
    return "".join(ferry)
