from collections import deque


def tell(name, lines):
    left = len(lines)
    for line in lines:
        left -= 1
        if line.endswith("..."):
            yield f"{name}: {line if left else line[:-3]}", left == 0
        else:
            yield f"{name}: {line}", True


def story(tellers):
    circle = deque(tell(name, lines) for name, lines in tellers.items())
    said = []
    while circle:
        teller = circle.popleft()
        for text, over in teller:
            said.append(text)
            if over:
                circle.append(teller)
                break
    return said
