from collections import deque


def claim(bags, owners):
    belt = deque((bag, 1) for bag in bags)
    arriving = deque(owners)
    present = set()
    taken = []
    lost = []
    while belt:
        if arriving:
            present.add(arriving.popleft())
        bag, tour = belt.popleft()
        if bag in present:
            taken.append(bag)
        elif tour == 1:
            belt.append((bag, 2))
        else:
            lost.append(bag)
    return taken, lost
