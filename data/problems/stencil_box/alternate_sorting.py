def paint(text, box):
    pairs = ("bq", "qb", "dp", "pd", "nu", "un")
    stock = sorted(box)
    done = list(text)
    for i, wanted in enumerate(text):
        options = wanted
        for pair in pairs:
            if pair[0] == wanted:
                options = pair
        for option in options:
            if option in stock:
                stock.remove(option)
                break
        else:
            done[i] = "_"
    return "".join(done), "".join(stock)
