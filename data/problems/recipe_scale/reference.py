def scale(amounts, people, serves):
    result = []
    for amount in amounts:
        top, bottom = 0, 1
        for part in amount.split():
            if "/" in part:
                over, under = part.split("/")
                top = top * int(under) + int(over)
                bottom = int(under)
            else:
                top = int(part)
        top *= people
        bottom *= serves
        whole, top = divmod(top, bottom)
        divisor, rest = bottom, top
        while rest > 0:
            divisor, rest = rest, divisor % rest
        words = [str(whole)] if whole > 0 or top == 0 else []
        if top > 0:
            words.append(f"{top // divisor}/{bottom // divisor}")
        result.append(" ".join(words))
    return result
