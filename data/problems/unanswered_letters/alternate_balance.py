def waiting(letters):
    balance = {}
    for letter in letters:
        names = letter.split(">")
        pair = tuple(sorted(names))
        if names[0] == names[1]:
            balance[pair] = 1 - balance.get(pair, 0)
        else:
            balance[pair] = balance.get(pair, 0) + (1 if names[0] == pair[0] else -1)
    kept = []
    for letter in reversed(letters):
        names = letter.split(">")
        pair = tuple(sorted(names))
        sign = 1 if names[0] == pair[0] else -1
        if balance[pair] * sign > 0:
            balance[pair] -= sign
            kept.insert(0, letter)
    return kept
