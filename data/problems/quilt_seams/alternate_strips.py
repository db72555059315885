def strip_thread(strip):
    needed = 0
    previous = strip[:1]
    for letter in strip:
        if letter != previous:
            needed += 2
            if letter.swapcase() == previous:
                needed -= 1
            elif (letter + previous).isupper():
                needed += 1
        previous = letter
    return needed


def thread(quilt):
    strips = list(quilt)
    strips.extend("".join(column) for column in zip(*quilt))
    return sum(map(strip_thread, strips))
