from collections import deque


class Busy(Exception):
    pass


class Dead(Exception):
    pass


def call(script, number):
    if number >= len(script) or script[number] == "b":
        raise Busy
    if script[number] == "d":
        raise Dead
    return True


def ring_round(lines, rounds):
    queue = deque((name, 0) for name in lines)
    answered = []
    dead = 0
    while queue and queue[0][1] < rounds:
        name, tries = queue.popleft()
        try:
            call(lines[name], tries)
            answered.append(name)
        except Busy:
            queue.append((name, tries + 1))
        except Dead:
            dead += 1
            if dead == 2:
                raise ConnectionError(name) from None
    return answered
