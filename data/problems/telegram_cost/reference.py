def telegram_cost(text, rate):
    units = 0
    for word in text.split():
        if word == "STOP":
            cost = 0
        elif word.isdigit():
            cost = (len(word) + 2) // 3
        else:
            cost = (len(word) + 4) // 5
        units += cost
    if units < 4:
        units = 4
    return units * rate
