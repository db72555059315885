def breaths(words, most):
    states = {0: 0}
    pause = 0
    for word in words:
        after = {}
        cheapest = min(states.values()) + pause
        for sung, cost in states.items():
            if sung + len(word) <= most:
                after[sung + len(word)] = cost
        if len(word) <= most:
            after[len(word)] = min(cheapest, after.get(len(word), cheapest))
        if not after:
            return None
        states = after
        pause = 1 if word[-1] in "aeiou" else 3
    return min(states.values())
