def earn(jars, prices):
    offers = []
    for price in prices:
        offers.append(price)
        if price > 3:
            offers.append(price - 3)
    offers.sort()
    income = 0
    while jars > 0 and offers:
        income += offers.pop()
        jars -= 1
    return income
