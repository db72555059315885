def codes(top, length, first, worn):
    found = []
    for bits in range(2 ** (length - 1)):
        text = str(first)
        digit = first
        for place in range(length - 1):
            digit += 1 if bits >> place & 1 else -1
            text += str(digit % top)
        if text.count(str(worn)) < 2:
            found.append(text)
    found.sort()
    return found
