def typed(keys):
    states = [""]
    now = 0
    for key in keys:
        if key == "<":
            text = states[now]
            if text.endswith("."):
                target = text[: text.rfind(".", 0, -1) + 1]
            else:
                target = text[:-1]
            if text and states[now - 1] == target and now > 0:
                now -= 1
            elif text:
                states.insert(now, target)
        elif key == ">":
            now = min(now + 1, len(states) - 1)
        else:
            states[now + 1 :] = [states[now] + key]
            now += 1
    return states[now]
