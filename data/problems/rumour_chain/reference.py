from collections import deque


def whisper(word, people):
    letters = deque(word)
    if not letters:
        return ""
    for _ in range(people):
        letter = letters.popleft()
        if letter == "z":
            letter = "a"
        elif letter not in "aeiou":
            letter = chr(ord(letter) + 1)
        letters.append(letter)
    return "".join(letters)
