def breaths(words, most):
    best = [None] * len(words) + [0]
    for first in range(len(words) - 1, -1, -1):
        letters = 0
        for last in range(first, len(words)):
            letters += len(words[last])
            if letters > most or best[last + 1] is None:
                break
            price = best[last + 1]
            if last < len(words) - 1:
                price += 1 if words[last][-1] in "aeiou" else 3
            if best[first] is None or price < best[first]:
                best[first] = price
    return best[0]
