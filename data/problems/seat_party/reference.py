def seat_label(rows, party):
    for number, row in enumerate(rows, 1):
        letter = 0
        run = 0
        for place in row:
            if place == "|":
                run = 0
                continue
            letter += 1
            run = run + 1 if place == "." else 0
            if run == party:
                return str(number) + chr(ord("A") + letter - party)
    return ""
