from collections import deque


def lift_label(floor, digit, bad):
    numbers = deque(number for number in range(1, 10) if number != digit)
    number = 0
    while floor > 0:
        number = numbers.popleft()
        if number % bad > 0:
            floor -= 1
        numbers.extend(10 * number + last for last in range(10) if last != digit)
    return number
