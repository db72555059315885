def paint(text, box):
    turned = {"b": "q", "q": "b", "d": "p", "p": "d", "n": "u", "u": "n"}
    left = {}
    for letter in sorted(box):
        left[letter] = left.get(letter, 0) + 1
    sign = ""
    for letter in text:
        stencil = letter
        if left.get(stencil, 0) == 0:
            stencil = turned.get(letter, letter)
        if left.get(stencil, 0) > 0:
            left[stencil] -= 1
            sign += letter
        else:
            sign += "_"
    unused = "".join(letter * count for letter, count in left.items())
    return sign, unused
