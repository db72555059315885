def earn(jars, prices):
    best = [0] * (jars + 1)
    for price in prices:
        for count in range(jars, 0, -1):
            money = best[count - 1] + price
            if count >= 2:
                money = max(money, best[count - 2] + 2 * price - 3)
            if money > best[count]:
                best[count] = money
    return best[jars]
